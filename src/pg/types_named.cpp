#include "pg/types_named.h"
#include "pg/source_words.h"

extern "C" {
#include "utils/syscache.h"
}

namespace ddm
{

static Oid first_type(const char *name, const List *schemas)
{
    ListCell *cell;

    foreach (cell, schemas) {
        const Oid type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name), lfirst_oid(cell));
        if (OidIsValid(type))
            return type;
    }
    return InvalidOid;
}

List *types_named_in(Oid function, const List *schemas)
{
    List *found = NIL;
    ListCell *cell;

    foreach (cell, source_words(function)) {
        const Oid type = first_type(static_cast<const char *>(lfirst(cell)), schemas);
        if (OidIsValid(type))
            found = list_append_unique_oid(found, type);
    }
    return found;
}

} // namespace ddm
