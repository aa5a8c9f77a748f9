// The gaps that retention left in a chain.
#include "pg/audit/audit_ranges.h"
#include "pg/audit/audit_store.h"

extern "C" {
#include "executor/spi.h"
#include "lib/stringinfo.h"
}

namespace ddm
{

List *dropped_ranges_parse(const char *text)
{
    List *ranges = NIL;
    while (text && *text) {
        auto *range = static_cast<DroppedRange *>(palloc0(sizeof(DroppedRange)));
        long long first = 0, last = 0;
        int at = 0;
        if (sscanf(text, "%lld-%lld:%n", &first, &last, &at) != 2 || at == 0 ||
            strlen(text + at) < 2 * sizeof range->hash)
            ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED), errmsg("the record of dropped audit events is damaged"));
        range->first = first;
        range->last = last;
        hex_decode(text + at, 2 * sizeof range->hash, reinterpret_cast<char *>(range->hash));
        ranges = lappend(ranges, range);
        text += at + 2 * sizeof range->hash;
        text += *text == ',';
    }
    return ranges;
}

char *dropped_ranges_text(List *ranges)
{
    StringInfoData out;
    ListCell *cell;
    initStringInfo(&out);
    foreach (cell, ranges) {
        auto *range = static_cast<DroppedRange *>(lfirst(cell));
        appendStringInfo(&out, "%s%lld-%lld:", out.len > 0 ? "," : "", (long long)range->first, (long long)range->last);
        for (unsigned char byte : range->hash)
            appendStringInfo(&out, "%02x", byte);
    }
    return out.data;
}

List *dropped_ranges_add(List *ranges, const DroppedRange &range)
{
    List *joined = NIL;
    auto *fresh = static_cast<DroppedRange *>(palloc(sizeof(DroppedRange)));
    *fresh = range;
    ListCell *cell;
    foreach (cell, ranges) {
        auto *known = static_cast<DroppedRange *>(lfirst(cell));
        if (known->last + 1 == fresh->first) {
            fresh->first = known->first;
        } else if (fresh->last + 1 == known->first) {
            fresh->last = known->last;
            memcpy(fresh->hash, known->hash, sizeof fresh->hash);
        } else {
            joined = lappend(joined, known);
        }
    }
    joined = lappend(joined, fresh);
    list_sort(joined, [](const ListCell *a, const ListCell *b) {
        int64 x = static_cast<DroppedRange *>(lfirst(a))->first, y = static_cast<DroppedRange *>(lfirst(b))->first;
        return x < y ? -1 : x > y;
    });
    return joined;
}

List *dropped_ranges(int64 chain)
{
    const Oid types[] = {INT8OID};
    const Datum values[] = {Int64GetDatum(chain)};
    if (audit_spi("SELECT after FROM ddm.audit_log WHERE chain = $1 AND kind = 'trail' AND action = 'retention' "
                  "ORDER BY event_id DESC LIMIT 1",
                  SPI_OK_SELECT, 1, types, values, true) == 0)
        return NIL;
    return dropped_ranges_parse(SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1));
}

} // namespace ddm
