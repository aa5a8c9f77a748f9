#include "pg/code/code_names.h"
#include "pg/base/source_words.h"
#include "pg/code/operators_named.h"
#include "pg/code/strangers.h"
#include "pg/code/types_named.h"
#include "pg/policy/roles.h"

extern "C" {
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/syscache.h"
}

namespace ddm
{

static void check_types_named(Oid function, const List *schemas, const CodeFinding *finding)
{
    ListCell *cell;

    foreach (cell, types_named_in(function, schemas)) {
        HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(lfirst_oid(cell)));
        if (!HeapTupleIsValid(tuple))
            continue;
        const auto type = *reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple));
        ReleaseSysCache(tuple);
        const bool table = OidIsValid(type.typrelid);
        if (list_member_oid(finding->shared, type.typnamespace) && !(table && isTempNamespace(type.typnamespace)))
            check_found(table ? "relation" : "type", NameStr(type.typname), type.typowner, finding);
    }
}

static void check_sequences_named(Oid function, const List *schemas, const CodeFinding *finding)
{
    ListCell *cell;

    foreach (cell, sequences_named_in(function, schemas))
        if (list_member_oid(finding->shared, get_rel_namespace(lfirst_oid(cell))))
            check_found("sequence", get_rel_name(lfirst_oid(cell)), relation_owner(lfirst_oid(cell)), finding);
}

static void check_operators_named(Oid function, const CodeFinding *finding)
{
    ListCell *cell;

    foreach (cell, borrowing_operators_in(function, finding->shared)) {
        const auto *row = static_cast<Form_pg_operator>(lfirst(cell));
        check_found("operator", NameStr(row->oprname), row->oprowner, finding);
    }
}

static bool sets_path(Oid function) { return strcasestr(function_source(function), "search_path") != nullptr; }

static List *schemas_named(Oid function)
{
    List *found = NIL;
    ListCell *cell;

    foreach (cell, source_words(function)) {
        const Oid schema = get_namespace_oid(static_cast<const char *>(lfirst(cell)), true);
        if (OidIsValid(schema) && schema != PG_CATALOG_NAMESPACE)
            found = list_append_unique_oid(found, schema);
    }
    return found;
}

// Where the function sets another path while it runs: any of the schemas that it names may come first on that, and temporary
// tables do unless it says otherwise.
static List *schemas_ahead(Oid function)
{
    List *schemas = sets_path(function) ? schemas_named(function) : NIL;
    Oid temporary, toast;

    GetTempNamespaceState(&temporary, &toast);
    if (schemas != NIL && OidIsValid(temporary))
        schemas = lappend_oid(schemas, temporary);
    return schemas;
}

// What else than functions and relations a function finds, the types of its variables among it, it can only find by a name that
// its source holds.
void check_names_in(Oid function, CodeFinding *finding)
{
    const List *const ahead = schemas_ahead(function);
    ListCell *cell;

    foreach (cell, ahead)
        if (isTempNamespace(lfirst_oid(cell)) || strangers_create(lfirst_oid(cell), finding))
            finding->shared = list_append_unique_oid(finding->shared, lfirst_oid(cell));
    if (finding->shared == NIL)
        return;
    check_types_named(function, finding->schemas, finding);
    check_sequences_named(function, finding->schemas, finding);
    check_operators_named(function, finding);
    foreach (cell, ahead) {
        check_types_named(function, list_make1_oid(lfirst_oid(cell)), finding);
        check_sequences_named(function, list_make1_oid(lfirst_oid(cell)), finding);
    }
}

static bool hides_another(Oid relation)
{
    const Oid schema = get_rel_namespace(relation);
    bool result = false;
    ListCell *cell;
    List *const path = fetch_search_path(false);

    foreach (cell, path)
        result |= lfirst_oid(cell) != schema && OidIsValid(get_relname_relid(get_rel_name(relation), lfirst_oid(cell)));
    list_free(path);
    return result;
}

// By a path that the code set itself. What it keeps in a temporary table of its own is the reader's, too.
static bool comes_first(Oid relation, const CodeFinding *finding)
{
    const Oid schema = get_rel_namespace(relation);

    return RelationIsVisible(relation) &&
           (isTempNamespace(schema) ? hides_another(relation) : strangers_create(schema, finding));
}

static bool is_in_the_way(Oid relation, const CodeFinding *finding)
{
    const Oid schema = get_rel_namespace(relation);

    return (list_member_oid(finding->shared, schema) && !isTempNamespace(schema)) || comes_first(relation, finding);
}

void check_relation_found(Oid relation, const CodeFinding *finding)
{
    if (relation < FirstNormalObjectId || list_member_oid(finding->owners, relation_owner(relation)))
        return;
    if (is_in_the_way(relation, finding))
        check_found("relation", get_rel_name(relation), relation_owner(relation), finding);
}

// With its definer's rights it takes the reader's temporary table for its own, which nobody else could read.
void check_relation_written(Oid relation, const CodeFinding *finding)
{
    const Oid owner = relation_owner(relation);

    if (isTempNamespace(get_rel_namespace(relation)) && owner != GetUserId())
        check_found("relation", get_rel_name(relation), owner, finding);
}

} // namespace ddm
