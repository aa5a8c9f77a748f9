// The levels' names: the shipped ones, and those that ddm.classification_level puts in their place.
#include "pg/policy/classification_level.h"
#include "pg/policy/policy_state.h"

namespace ddm
{

static const int level_highest = 1000;

static const struct {
    const char *name;
    int level;
} shipped_levels[] = {{"public", 1}, {"internal", 2}, {"confidential", 3}, {"restricted", 4}};

// Columns of ddm.classification_level, as sql/install/26_classification.sql makes it.
enum LevelColumn { col_level = 1, col_name };

bool classification_level(const char *name, int *level)
{
    Oid oid = ddm_relation("classification_level");
    bool found = false;
    bool replaced[lengthof(shipped_levels)] = {};
    if (OidIsValid(oid)) {
        Relation levels = table_open(oid, AccessShareLock);
        SysScanDesc scan = systable_beginscan(levels, InvalidOid, false, nullptr, 0, nullptr);
        HeapTuple tuple;
        while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
            bool null;
            int number = DatumGetInt32(heap_getattr(tuple, col_level, RelationGetDescr(levels), &null));
            Datum stored = heap_getattr(tuple, col_name, RelationGetDescr(levels), &null);
            for (size_t i = 0; i < lengthof(shipped_levels); i++)
                replaced[i] |= shipped_levels[i].level == number;
            if (pg_strcasecmp(TextDatumGetCString(stored), name) == 0) {
                *level = number;
                found = true;
            }
        }
        systable_endscan(scan);
        table_close(levels, AccessShareLock);
    }
    for (size_t i = 0; i < lengthof(shipped_levels) && !found; i++)
        if (!replaced[i] && pg_strcasecmp(shipped_levels[i].name, name) == 0) {
            *level = shipped_levels[i].level;
            found = true;
        }
    return found;
}

int level_by_name(const char *name)
{
    int level;
    return classification_level(name, &level) ? level : level_highest;
}

} // namespace ddm
