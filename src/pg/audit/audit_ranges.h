// The gaps that ddm.audit_retention left in a chain, as its own event records them: "1-500:HASH,700-800:HASH",
// where HASH is that of the last event of the gap. With them the chain can be followed across what was dropped.
#pragma once

#include "pg/audit/audit_row.h"

namespace ddm
{

struct DroppedRange {
    int64 first;
    int64 last;
    unsigned char hash[core::chain_hash_size];
};

// All that was ever dropped from the chain, in order. With SPI connected.
List *dropped_ranges(int64 chain);

List *dropped_ranges_parse(const char *text);
char *dropped_ranges_text(List *ranges);

// Adds a range, and joins it with those that it touches.
List *dropped_ranges_add(List *ranges, const DroppedRange &range);

} // namespace ddm
