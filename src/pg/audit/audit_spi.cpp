// The trail's own SQL.
#include "pg/audit/audit_spi.h"

extern "C" {
#include "access/xact.h"
#include "executor/spi.h"
#include "utils/snapmgr.h"
}

namespace ddm
{

void worker_begin()
{
    SetCurrentStatementStartTimestamp();
    StartTransactionCommand();
    PushActiveSnapshot(GetTransactionSnapshot());
    SPI_connect();
}

void worker_commit()
{
    SPI_finish();
    PopActiveSnapshot();
    CommitTransactionCommand();
}

uint64 audit_spi(const char *sql, int expected, int count, const Oid *types, const Datum *values, bool read_only)
{
    int answer =
        SPI_execute_with_args(sql, count, const_cast<Oid *>(types), const_cast<Datum *>(values), nullptr, read_only, 0);
    if (answer != expected)
        ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR),
                errmsg("the audit trail's own statement failed: %s", SPI_result_code_string(answer)));
    return SPI_processed;
}

} // namespace ddm
