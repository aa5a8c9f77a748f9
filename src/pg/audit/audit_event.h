// What every event says of the session and the moment: who, as whom, from where.
#pragma once

#include "pg/audit/audit.h"
#include "core/audit_record.h"

namespace ddm
{

// Time, roles, client, session. Texts are in CurrentMemoryContext or live as long as the session.
void audit_describe_session(core::AuditRecord *record);

const char *audit_kind_name(EventKind kind);

// The event's bytes, palloc'd.
unsigned char *audit_encode(const core::AuditRecord &record, size_t *size);

// Writes the event to the server log as one line, where ddm.audit_to_log asks for it. Never raises.
void audit_log_line(const core::AuditRecord &record, bool always);

// Room in the spool for what must be on record: waits for it, but where the log alone will do.
bool audit_reserve(size_t frames, const char **why);

// Appends an event that belongs to no statement under way; waits for room. False where the trail cannot be
// written: *why says what is wrong.
bool audit_record_event(const core::AuditRecord &record, const char **why);

bool audit_wants_policy(const PolicyEvent &event);

// What a policy event says, the statement that made it included; texts in CurrentMemoryContext.
void audit_describe_policy(core::AuditRecord *record, const PolicyEvent &event);

void audit_transaction_install();

// Of this session, as text; nullptr for a Unix socket.
const char *session_client_address();

} // namespace ddm
