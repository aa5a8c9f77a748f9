#include "pg/code/code_finding.h"
#include "pg/code/code_names.h"
#include "pg/code/known_code.h"
#include "pg/code/strangers.h"
#include "pg/policy/roles.h"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/array.h"
}

namespace ddm
{

static bool is_home(Oid schema, Oid function, const CodeFinding *finding)
{
    ListCell *cell;

    if (schema == get_func_namespace(function))
        return true;
    foreach (cell, finding->relations)
        if (schema == get_rel_namespace(lfirst_oid(cell)))
            return true;
    return false;
}

bool has_path_of_its_own(Oid function)
{
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    bool null = true, result = false;
    Datum *settings = nullptr;
    int count = 0;

    if (!HeapTupleIsValid(tuple))
        return false;
    const Datum datum = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_proconfig, &null);
    if (!null)
        deconstruct_array(DatumGetArrayTypePCopy(datum), TEXTOID, -1, false, TYPALIGN_INT, &settings, nullptr, &count);
    ReleaseSysCache(tuple);
    for (int i = 0; i < count && !result; i++)
        result = strncmp(TextDatumGetCString(settings[i]), "search_path=", strlen("search_path=")) == 0;
    return result;
}

bool has_temporary_schema()
{
    Oid schema, toast;

    GetTempNamespaceState(&schema, &toast);
    return OidIsValid(schema);
}

// The session's path without the schemas in which strangers make objects, and the temporary one last. The function's own
// schema and the tables' stay: where else would it look? pg_catalog goes first, as it does where nobody names it.
// nullptr where the path is all right as it is.
static char *trusted_path(Oid function, CodeFinding *finding)
{
    const bool own = has_path_of_its_own(function);
    Oid schemas[64];
    const int count = Min(fetch_search_path_array(schemas, lengthof(schemas)), static_cast<int>(lengthof(schemas)));
    bool changes = has_temporary_schema() || count == 0 || schemas[0] != PG_CATALOG_NAMESPACE;
    StringInfoData path;

    initStringInfo(&path);
    for (int i = 0; i < count; i++) {
        const bool shared = strangers_create(schemas[i], finding);
        if (shared)
            finding->shared = lappend_oid(finding->shared, schemas[i]);
        const bool stays = own || is_home(schemas[i], function, finding) || !shared;
        if (stays)
            finding->schemas = lappend_oid(finding->schemas, schemas[i]);
        if (stays)
            appendStringInfo(&path, schemas[i] == PG_CATALOG_NAMESPACE ? "" : "%s, ",
                             quote_identifier(get_namespace_name(schemas[i])));
        else
            changes = true;
    }
    appendStringInfoString(&path, "pg_temp");
    return changes && strcmp(path.data, namespace_search_path) != 0 ? path.data : nullptr;
}

// Whoever it is that the function may tell: who runs it, and who took on that role, or the definer's.
static bool told_masks(const List *relations)
{
    return sees_masks(GetUserId(), relations) ||
           (GetOuterUserId() != GetUserId() && sees_masks(GetOuterUserId(), relations));
}

static bool is_trigger(Oid function) { return get_func_rettype(function) == TRIGGEROID; }

static List *owners_of(const List *relations)
{
    List *owners = NIL;
    ListCell *cell;

    foreach (cell, relations)
        if (get_rel_name(lfirst_oid(cell))) // or dropped meanwhile
            owners = list_append_unique_oid(owners, relation_owner(lfirst_oid(cell)));
    return owners;
}

// Over which relations a function is called, and whose they are. What code calls, and what that calls, is given what the code
// sees, be it code of another table as well: anybody may have a table of his own with a check that calls it.
static bool look_over(Oid function, const CodeFinding *within, CodeFinding *finding)
{
    List *const of_tables = tables_of_code(function);

    if (of_tables != NIL && (!within || is_trigger(function)) && told_masks(of_tables)) {
        finding->relations = list_copy(of_tables);
        finding->owners = owners_of(of_tables);
    } else if (within) {
        finding->relations = list_concat_unique_oid(list_copy(within->relations), of_tables);
        finding->owners = list_copy(within->owners);
        finding->as_writer = within->as_writer;
    }
    return finding->as_writer || told_masks(finding->relations);
}

static uint64 findings = 0;

CodeFinding *find_in_code(Oid function, const CodeFinding *within)
{
    auto *finding = zeroed<CodeFinding>();

    if (!look_over(function, within, finding))
        return nullptr;
    finding->number = ++findings;
    finding->owners = list_append_unique_oid(finding->owners, function_owner(function));
    finding->path = trusted_path(function, finding);
    check_names_in(function, finding);
    return finding;
}

const CodeFinding *finding_of_writer(Oid writer)
{
    static List *known = NIL;
    ListCell *cell;

    foreach (cell, known)
        if (linitial_oid(static_cast<CodeFinding *>(lfirst(cell))->owners) == writer)
            return static_cast<CodeFinding *>(lfirst(cell));
    MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);
    auto *finding = zeroed<CodeFinding>();
    finding->number = ++findings;
    finding->owners = list_make1_oid(writer);
    finding->as_writer = true;
    known = lappend(known, finding);
    MemoryContextSwitchTo(old);
    return finding;
}

} // namespace ddm
