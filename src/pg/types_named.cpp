#include "pg/types_named.h"

extern "C" {
#include "catalog/pg_proc.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/syscache.h"
}

namespace ddm
{

static const char *source_of(Oid function)
{
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    bool null = true;

    if (!HeapTupleIsValid(tuple))
        return "";
    const Datum datum = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_prosrc, &null);
    const char *source = null ? "" : TextDatumGetCString(datum);
    ReleaseSysCache(tuple);
    return source;
}

static void add_type(List **found, const char *name, const List *schemas)
{
    ListCell *cell;

    foreach (cell, schemas) {
        const Oid type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name), lfirst_oid(cell));
        if (!OidIsValid(type))
            continue;
        *found = list_append_unique_oid(*found, type);
        return;
    }
}

static bool in_word(char c)
{
    return isalnum(static_cast<unsigned char>(c)) || IS_HIGHBIT_SET(c) || c == '_' || c == '$';
}

// Strings and comments too: a name in a string may be one in a statement that is put together.
static void add_words(List **found, const char *source, const List *schemas)
{
    while (*source) {
        int length = 0;
        while (in_word(source[length]))
            length++;
        if (length > 0 && !isdigit(static_cast<unsigned char>(*source)))
            add_type(found, downcase_truncate_identifier(source, length, false), schemas);
        source += Max(length, 1);
    }
}

// What stands between any two quotation marks that follow each other: which of them begin a name is not asked.
static void add_quoted(List **found, const char *source, const List *schemas)
{
    const char *begin = strchr(source, '"');

    while (begin) {
        const char *end = strchr(++begin, '"');
        if (end && end - begin > 0 && end - begin < NAMEDATALEN)
            add_type(found, pnstrdup(begin, static_cast<Size>(end - begin)), schemas);
        begin = end;
    }
}

List *types_named_in(Oid function, const List *schemas)
{
    const char *source = source_of(function);
    List *found = NIL;

    add_words(&found, source, schemas);
    add_quoted(&found, source, schemas);
    return found;
}

} // namespace ddm
