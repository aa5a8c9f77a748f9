// What the server keeps of a column is the longer the fewer of its values are alike. How much log ANALYZE writes (since
// 18 the lines of VERBOSE say it) would tell whoever may analyze a table whether a value that he put there is one that is
// stored. So columns are left out that he sees masked. Nobody loses by it: for that role the planner looks at no
// statistics of them, and for the others autovacuum gathers them.
#include "pg/guard/analyze_guard.h"
#include "pg/policy/hidden_columns.h"
#include "pg/policy/policy.h"

extern "C" {
#include "access/htup_details.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_database.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_statistic_ext.h"
#include "commands/defrem.h"
#include "utils/fmgroids.h"
}

namespace ddm
{

static bool has_option(const VacuumStmt *vacuum, const char *name)
{
    bool given = false;
    ListCell *cell;

    foreach (cell, vacuum->options)
        if (strcmp(lfirst_node(DefElem, cell)->defname, name) == 0)
            given = defGetBoolean(lfirst_node(DefElem, cell));
    return given;
}

// Statistics on expressions are computed whichever columns are asked for.
static bool has_hidden_statistics(Oid relation, const HiddenColumns *hidden)
{
    const HiddenColumns here = {relation, hidden->relation_name, hidden->names, NIL, InvalidOid};
    ScanKeyData key;
    bool found = false;

    ScanKeyInit(&key, Anum_pg_statistic_ext_stxrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
    Relation catalog = table_open(StatisticExtRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(catalog, StatisticExtRelidIndexId, true, nullptr, 1, &key);
    while (HeapTuple tuple = systable_getnext(scan)) {
        bool null;
        Datum expressions = heap_getattr(tuple, Anum_pg_statistic_ext_stxexprs, RelationGetDescr(catalog), &null);
        if (!null && hidden_in_tree(&here, static_cast<Node *>(stringToNode(TextDatumGetCString(expressions)))))
            found = true;
    }
    systable_endscan(scan);
    table_close(catalog, AccessShareLock);
    return found;
}

static bool any_hidden_statistics(const HiddenColumns *hidden)
{
    ListCell *cell;

    foreach (cell, find_all_inheritors(hidden->relation, NoLock, nullptr))
        if (has_hidden_statistics(lfirst_oid(cell), hidden))
            return true;
    return false;
}

// The columns asked for (NIL: all there are) that are not hidden.
static List *open_columns(const HiddenColumns *hidden, const List *asked)
{
    List *open = NIL;
    ListCell *cell;

    foreach (cell, asked)
        if (!is_hidden_name(hidden, strVal(lfirst(cell))))
            open = lappend(open, lfirst(cell));
    if (asked != NIL)
        return open;
    for (int16 attno = 1;; attno++) {
        HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(hidden->relation), Int16GetDatum(attno));
        if (!HeapTupleIsValid(tuple))
            return open;
        const auto *attribute = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(tuple));
        if (!attribute->attisdropped && !is_hidden_name(hidden, NameStr(attribute->attname)))
            open = lappend(open, makeString(pstrdup(NameStr(attribute->attname))));
        ReleaseSysCache(tuple);
    }
}

// Whoever may not analyze the relation is told so by the server.
static void warn(const HiddenColumns *hidden, bool all)
{
    if (!DDM_MAY_ANALYZE(hidden->relation))
        return;
    record_denied(hidden->relation, static_cast<char *>(linitial(hidden->names)), "analyze");
    ereport(WARNING, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            all ? errmsg("skipping \"%s\" --- what would be analyzed is masked", hidden->relation_name)
                : errmsg("skipping masked columns of \"%s\"", hidden->relation_name),
            errdetail("Statistics of a column tell of its stored values, which role \"%s\" does not see.",
                      GetUserNameFromId(GetUserId(), true)),
            errhint("Autovacuum analyzes such columns; so may a role that holds UNMASK on them."));
}

// What is left of `asked`; nullptr where nothing is.
static VacuumRelation *without_hidden(const HiddenColumns *hidden, VacuumRelation *asked)
{
    if (hidden->names == NIL)
        return asked;
    List *open = any_hidden_statistics(hidden) ? NIL : open_columns(hidden, asked->va_cols);
    if (open == NIL || list_length(open) != list_length(asked->va_cols))
        warn(hidden, open == NIL);
    if (open == NIL)
        return nullptr;
    asked->va_cols = open;
    return asked;
}

// All that the server would go through, by number: it asks who may of each. Tells whether anything of it is hidden.
static bool list_all(List **relations)
{
    bool any = false;
    Relation catalog = table_open(RelationRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, nullptr, 0, nullptr);

    while (HeapTuple tuple = systable_getnext(scan)) {
        const auto *relation = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
        if (relation->relkind != RELKIND_RELATION && relation->relkind != RELKIND_MATVIEW &&
            relation->relkind != RELKIND_PARTITIONED_TABLE)
            continue;
        const HiddenColumns hidden = hidden_columns_of(relation->oid);
        any = any || hidden.names != NIL;
        if (VacuumRelation *open = without_hidden(&hidden, makeVacuumRelation(nullptr, relation->oid, NIL)))
            *relations = lappend(*relations, open);
    }
    systable_endscan(scan);
    table_close(catalog, AccessShareLock);
    return any;
}

static void list_named(const VacuumStmt *vacuum, List **relations)
{
    // The lock that the server takes to find out what the name is: it stays that until then.
    const LOCKMODE lock = has_option(vacuum, "skip_locked") ? NoLock : AccessShareLock;
    ListCell *cell;

    foreach (cell, vacuum->rels) {
        auto *asked = lfirst_node(VacuumRelation, cell);
        const HiddenColumns hidden =
            asked->relation ? hidden_columns(asked->relation, lock) : hidden_columns_of(asked->oid);
        if (VacuumRelation *open = without_hidden(&hidden, asked))
            *relations = lappend(*relations, open);
    }
}

void guard_analyze(UtilityCall *call)
{
    auto *vacuum = reinterpret_cast<VacuumStmt *>(call->statement->utilityStmt);
    List *relations = NIL;

    if (policy_active() && (!vacuum->is_vacuumcmd || has_option(vacuum, "analyze"))) {
        if (vacuum->rels != NIL)
            list_named(vacuum, &relations);
        else if (!list_all(&relations))
            relations = NIL;
        if (relations == NIL && vacuum->rels != NIL)
            return; // without a list it would be everything
        vacuum->rels = relations;
    }
    utility_run(call);
}

} // namespace ddm
