// The writing side of ddm.audit_log: chain, partitions, batches of rows. Used by the worker alone, inside one
// transaction with SPI connected; raises, and the transaction takes everything back.
#pragma once

#include "pg/audit/audit_row.h"
#include "pg/audit/audit_spi.h"

namespace ddm
{

struct AuditStore;

// Locks the head of this database's chain (makes the chain on first use).
AuditStore *audit_store_begin();

int64 audit_store_chain(const AuditStore *store);

// The event gets the next place in the chain. Texts may go away when this returns.
void audit_store_add(AuditStore *store, const core::AuditRecord &record);

// Writes what is buffered and the chain's new head.
void audit_store_end(AuditStore *store);

// Makes the partitions for today and tomorrow where they are missing, each in a transaction of its own, so that
// no event has to wait for one. Outside a transaction.
void audit_store_prepare_partitions();

// "audit_log_<chain>" in 16 hexadecimal digits.
void audit_chain_name(char *name, size_t room, int64 chain);

} // namespace ddm
