#include "pg/code/types_named.h"
#include "pg/base/source_words.h"

extern "C" {
#include "utils/syscache.h"
}

namespace ddm
{

using Named = Oid (*)(const char *name, Oid schema);

static Oid type_named(const char *name, Oid schema)
{
    return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name), schema);
}

static Oid sequence_named(const char *name, Oid schema)
{
    const Oid relation = get_relname_relid(name, schema);

    return OidIsValid(relation) && get_rel_relkind(relation) == RELKIND_SEQUENCE ? relation : InvalidOid;
}

static Oid first_in(const List *schemas, const char *name, Named named)
{
    ListCell *cell;

    foreach (cell, schemas) {
        const Oid object = named(name, lfirst_oid(cell));
        if (OidIsValid(object))
            return object;
    }
    return InvalidOid;
}

static List *named_in(Oid function, const List *schemas, Named named)
{
    List *found = NIL;
    ListCell *cell;

    foreach (cell, source_words(function)) {
        const Oid object = first_in(schemas, static_cast<const char *>(lfirst(cell)), named);
        if (OidIsValid(object))
            found = list_append_unique_oid(found, object);
    }
    return found;
}

List *types_named_in(Oid function, const List *schemas) { return named_in(function, schemas, type_named); }

List *sequences_named_in(Oid function, const List *schemas) { return named_in(function, schemas, sequence_named); }

} // namespace ddm
