// The write-ahead log of an update leaves out what the new row has in common with the old one, at its start and at its
// end, and everybody may ask how much was written (EXPLAIN's WAL, pg_stat_statements, pg_current_wal_insert_lsn()). So
// whoever may write a masked column could guess what it holds, a character at a time.
#pragma once

#include "pg/errors/errors.h"

namespace ddm
{

// While a frame whose plan assigns to masked columns is on the stack, updates log the whole new row.
void row_logging_enter(ErrorFrame *frame);
void row_logging_leave(ErrorFrame *frame);
void row_logging_install();

} // namespace ddm
