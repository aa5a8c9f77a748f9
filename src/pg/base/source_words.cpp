#include "pg/base/source_words.h"

extern "C" {
#include "catalog/pg_proc.h"
#include "parser/scansup.h"
#include "utils/builtins.h"
#include "utils/syscache.h"
}

namespace ddm
{

const char *function_source(Oid function)
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

static bool in_word(char c)
{
    return isalnum(static_cast<unsigned char>(c)) || IS_HIGHBIT_SET(c) || c == '_' || c == '$';
}

// Strings and comments too: a name in a string may be one in a statement that is put together.
static void add_words(List **found, const char *source)
{
    while (*source) {
        int length = 0;
        while (in_word(source[length]))
            length++;
        if (length > 0 && !isdigit(static_cast<unsigned char>(*source)))
            *found = lappend(*found, downcase_truncate_identifier(source, length, false));
        source += Max(length, 1);
    }
}

// What stands between any two quotation marks that follow each other: which of them begin a name is not asked.
static void add_quoted(List **found, const char *source)
{
    const char *begin = strchr(source, '"');

    while (begin) {
        const char *end = strchr(++begin, '"');
        if (end && end - begin > 0 && end - begin < NAMEDATALEN)
            *found = lappend(*found, pnstrdup(begin, static_cast<Size>(end - begin)));
        begin = end;
    }
}

List *words_of(const char *source)
{
    List *found = NIL;

    add_words(&found, source);
    add_quoted(&found, source);
    return found;
}

List *source_words(Oid function) { return words_of(function_source(function)); }

} // namespace ddm
