// Write-back protection: ddm.masked_writes.
#pragma once

#include "pg/base/pg.h"
#include "pg/errors/errors.h"

namespace ddm
{

void writeback_install();

// After a run of a statement: says how many masked values were written back and kept, if any were.
void writeback_notice(uint64 kept_values);
inline void writeback_report(const ErrorFrame *frame)
{
    if (unlikely(frame->kept_values > 0))
        writeback_notice(frame->kept_values);
}

} // namespace ddm
