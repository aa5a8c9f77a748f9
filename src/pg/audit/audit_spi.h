// The trail's own SQL, and the transactions in which its worker runs it.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// A transaction of a background worker, with a snapshot and SPI. It begins now: by its start go now() in SQL and
// xact_start in pg_stat_activity, and nothing else tells a worker what time it is. Errors take everything back.
void worker_begin();
void worker_commit();

// An integer query parameter list is short: runs `sql` by SPI with up to four parameters and raises where it
// does not answer `expected` (an SPI_OK_ code). Answers the number of rows.
uint64 audit_spi(const char *sql, int expected, int count, const Oid *types, const Datum *values,
                 bool read_only = false);

} // namespace ddm
