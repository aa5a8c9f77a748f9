// What every event says of the session and the moment.
#include "pg/audit/audit_event.h"
#include "pg/audit/audit_live.h"
#include "pg/audit/audit_settings.h"
#include "pg/audit/audit_spool.h"
#include "pg/audit/client_identity.h"
#include "pg/audit/session_identity.h"

extern "C" {
#include "access/xlog.h"
#include "commands/dbcommands.h"
#include "utils/timestamp.h"
}

namespace ddm
{

using core::AuditRecord;
using core::Number;
using core::Text;

const char *audit_kind_name(EventKind kind)
{
    switch (kind) {
    case EventKind::Unmask:
        return "unmask";
    case EventKind::Mask:
        return "mask";
    case EventKind::Denied:
        return "denied";
    case EventKind::Throttled:
        return "throttled";
    case EventKind::Policy:
        return "policy";
    case EventKind::Grant:
        return "grant";
    case EventKind::Revoke:
        return "revoke";
    case EventKind::Request:
        return "request";
    case EventKind::Approval:
        return "approval";
    case EventKind::Expiry:
        return "expiry";
    case EventKind::Probe:
        return "probe";
    }
    return "trail";
}

const char *session_client_address()
{
    const char *address = session_identity().address;
    return address[0] ? address : nullptr;
}

static const char *role_name(Oid role) { return OidIsValid(role) ? GetUserNameFromId(role, true) : nullptr; }

// How the client proved who it is, else the role that it logged in as.
static const char *authenticated_name()
{
    const char *known = client_identity();
    return known ? known : role_name(GetAuthenticatedUserId());
}

void audit_describe_session(AuditRecord *record)
{
    Oid role = GetUserId(), caller = GetOuterUserId();
    record->set(Number::EventTime, GetCurrentTimestamp());
    record->set(Number::BackendPid, session_identity().pid);
    record->set(Text::UserName, role_name(GetSessionUserId()));
    record->set(Text::RoleName, role_name(role));
    record->set(Text::InvokedBy, InLocalUserIdChange() && caller != role ? role_name(caller) : nullptr);
    record->set(Text::AuthenticatedAs, authenticated_name());
    record->set(Text::DatabaseName, get_database_name(MyDatabaseId));
    record->set(Text::ApplicationName, application_name);
    record->set(Text::ClientAddr, session_client_address());
    record->set(Text::SessionId, session_identity().id);
}

unsigned char *audit_encode(const AuditRecord &record, size_t *size)
{
    *size = core::encoded_size(record);
    auto *bytes = static_cast<unsigned char *>(palloc(*size));
    core::encode(record, bytes);
    return bytes;
}

void audit_log_line(const AuditRecord &record, bool always)
{
    if (!audit_to_log && !always)
        return;
    size_t bound = core::json_bound(record) + 1;
    auto *line = static_cast<char *>(palloc_extended(bound, MCXT_ALLOC_NO_OOM | MCXT_ALLOC_HUGE));
    if (!line)
        return;
    line[core::write_json(record, line)] = '\0';
    ereport(LOG_SERVER_ONLY, errhidestmt(true), errhidecontext(true), errmsg_internal("ddm audit: %s", line));
    pfree(line);
}

bool audit_reserve(size_t frames, const char **why)
{
    return audit_log_will_do() ? spool_reserve_now(frames, why) : spool_reserve(frames, why);
}

static bool spool_event(const unsigned char *bytes, size_t size, const char **why)
{
    const size_t frame = spool_frame_size(size);
    uint64 end = 0;
    if (audit_spool_is_off()) {
        *why = audit_nowhere;
        return false;
    }
    if (!audit_reserve(frame, why))
        return false;
    bool good = spool_append(FrameType::Event, 0, bytes, size, &end);
    spool_release(frame);
    if (good && (audit_durability() != Durability::Async || RecoveryInProgress()))
        good = spool_flush(my_spool(), end);
    if (!good)
        *why = "The audit spool could not be written.";
    return good;
}

bool audit_record_event(const AuditRecord &record, const char **why)
{
    size_t size = 0;
    unsigned char *bytes = audit_encode(record, &size);
    const bool good = spool_event(bytes, size, why);
    if (!good && audit_log_will_do() && my_spool())
        live_lose(my_spool());
    audit_log_line(record, !good || RecoveryInProgress());
    pfree(bytes);
    return good || audit_log_will_do();
}

} // namespace ddm
