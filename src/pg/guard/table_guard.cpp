// What a statement would read that no object of the catalog shows afterwards, from its parse tree alone: the server
// has not looked at it yet.
#include "pg/guard/table_guard.h"
#include "pg/audit/audit.h"
#include "pg/guard/object_event.h"
#include "pg/guard/object_guard.h"
#include "pg/policy/hidden_columns.h"
#include "pg/policy/policy.h"

extern "C" {
#include "catalog/index.h"
#include "catalog/pg_index.h"
#include "commands/tablecmds.h"
}

namespace ddm
{

template <typename Statement> static Statement *statement_of(const UtilityCall *call)
{
    return reinterpret_cast<Statement *>(call->statement->utilityStmt);
}

static void check_expression(const HiddenColumns *hidden, Node *expression, const char *what)
{
    const char *column = hidden_in_expression(hidden, expression);

    if (column)
        refuse_hidden(hidden, what, column);
    record_object_expression(hidden, expression);
}

// `names`: a list of String.
static void check_names(const HiddenColumns *hidden, const List *names, const char *what)
{
    List *clear = NIL;
    ListCell *cell;

    foreach (cell, names)
        if (is_hidden_name(hidden, strVal(lfirst(cell))))
            refuse_hidden(hidden, what, strVal(lfirst(cell)));
        else if (is_clear_name(hidden, strVal(lfirst(cell))))
            clear = lappend(clear, strVal(lfirst(cell)));
    record_object(hidden, clear);
}

// Rows come out in the order of the index afterwards: beside rows of known values it tells what the others hold.
static void check_order(const HiddenColumns *hidden, Oid index)
{
    HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
    if (!HeapTupleIsValid(tuple))
        return; // the server says so
    const auto *row = reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple));
    for (int i = 0; i < row->indnkeyatts && row->indrelid == hidden->relation; i++)
        check_column(hidden, row->indkey.values[i], "sort by");
    if (row->indrelid == hidden->relation)
        check_tree(hidden, IndexRelationId, tuple, Anum_pg_index_indexprs, "sort by");
    ReleaseSysCache(tuple);
}

static Oid index_named(const HiddenColumns *hidden, const char *name)
{
    return OidIsValid(hidden->relation) ? get_relname_relid(name, get_rel_namespace(hidden->relation)) : InvalidOid;
}

// Indexes by which tables are marked to be clustered; of one table, or of all where it is InvalidOid.
static List *marked_indexes(Oid table)
{
    List *found = NIL;
    Relation catalog = table_open(IndexRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, nullptr, 0, nullptr);

    while (HeapTuple tuple = systable_getnext(scan)) {
        const auto *row = reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple));
        if (row->indisclustered && (!OidIsValid(table) || row->indrelid == table))
            found = lappend_oid(found, row->indexrelid);
    }
    systable_endscan(scan);
    table_close(catalog, AccessShareLock);
    return found;
}

void guard_cluster(UtilityCall *call)
{
    const auto *cluster = statement_of<ClusterStmt>(call);
    ListCell *cell;

    if (cluster->relation) {
        const HiddenColumns hidden = hidden_columns(cluster->relation, AccessExclusiveLock, DDM_CLUSTER_CALLBACK);
        if (cluster->indexname)
            check_order(&hidden, index_named(&hidden, cluster->indexname));
        else if (hidden.names != NIL)
            foreach (cell, marked_indexes(hidden.relation))
                check_order(&hidden, lfirst_oid(cell));
    } else if (policy_active()) {
        foreach (cell, marked_indexes(InvalidOid)) {
            const Oid table = IndexGetRelation(lfirst_oid(cell), true);
            if (!OidIsValid(table) || !DDM_MAY_MAINTAIN(table))
                continue;
            const HiddenColumns hidden = hidden_columns_of(table);
            check_order(&hidden, lfirst_oid(cell));
        }
    }
    utility_run(call);
}

// Conversions. The lock is the statement's own: one that is raised later is a deadlock of two that do the same.
void guard_alter_table(UtilityCall *call)
{
    const auto *alter = statement_of<AlterTableStmt>(call);
    ListCell *cell;

    foreach (cell, alter->cmds) {
        const auto *command = lfirst_node(AlterTableCmd, cell);
        Node *expression =
            command->subtype == AT_AlterColumnType ? castNode(ColumnDef, command->def)->raw_default : nullptr;

        if (!expression && command->subtype != AT_ClusterOn)
            continue;
        const HiddenColumns hidden =
            hidden_columns(alter->relation, AlterTableGetLockLevel(alter->cmds), RangeVarCallbackOwnsRelation);
        if (expression)
            check_expression(&hidden, expression, "convert");
        else
            check_order(&hidden, index_named(&hidden, command->name));
    }
    utility_run(call);
}

// A partition that is made may take values that the default partition holds, which is looked through before the
// partition is in the catalog.
void guard_create_table(UtilityCall *call)
{
    const auto *create = statement_of<CreateStmt>(call);

    if (create->partbound) {
        const HiddenColumns parent = hidden_columns(linitial_node(RangeVar, create->inhRelations), AccessExclusiveLock);
        if (OidIsValid(parent.relation))
            guard_default_partition(parent.relation);
    }
    auto *made =
        create->partbound && create->partspec ? static_cast<RangeVar *>(copyObjectImpl(create->relation)) : nullptr;
    utility_run(call);
    if (!made)
        return;
    CommandCounterIncrement();
    const Oid table = RangeVarGetRelid(made, NoLock, true);
    if (OidIsValid(table))
        guard_partition_key(table);
}

// Statistics and publications.

// ANALYZE runs the expressions, whatever functions they call.
void guard_create_statistics(UtilityCall *call)
{
    const auto *statistics = statement_of<CreateStatsStmt>(call);
    ListCell *cell;
    ListCell *element;

    foreach (cell, statistics->relations) {
        if (!IsA(lfirst(cell), RangeVar))
            continue;
        if (statistics->exprs == NIL)
            break;
        const HiddenColumns hidden = hidden_columns(lfirst_node(RangeVar, cell), ShareUpdateExclusiveLock);
        foreach (element, statistics->exprs)
            check_expression(&hidden, lfirst_node(StatsElem, element)->expr, "create statistics on expressions over");
    }
    utility_run(call);
}

static void check_published(const List *objects)
{
    ListCell *cell;

    foreach (cell, objects) {
        const auto *table = lfirst_node(PublicationObjSpec, cell)->pubtable;
        if (!table)
            continue;
        const HiddenColumns hidden = hidden_columns(table->relation, ShareUpdateExclusiveLock);
        if (table->columns == NIL) {
            refuse_any(&hidden, "publish");
            record_object(&hidden, hidden.clear);
        } else {
            check_names(&hidden, table->columns, "publish");
        }
        check_expression(&hidden, table->whereClause, "publish");
    }
}

// What is published without being named, now and later, is no read of single columns: a change of policy of superusers, who
// alone may make such publications.
static void record_published(const char *name, bool everything, const List *objects)
{
    ListCell *cell;
    StringInfoData what;

    initStringInfo(&what);
    if (everything)
        appendStringInfoString(&what, "FOR ALL TABLES");
    foreach (cell, objects) {
        const auto *object = lfirst_node(PublicationObjSpec, cell);
        if (!object->pubtable)
            appendStringInfo(&what, "%s %s", what.len > 0 ? "," : "FOR TABLES IN SCHEMA",
                             object->name ? quote_identifier(object->name) : "CURRENT_SCHEMA");
    }
    if (what.len > 0 && policy_active())
        audit_policy_event({EventKind::Policy, "publication", psprintf("publication %s", quote_identifier(name)),
                            nullptr, what.data, nullptr});
}

void guard_create_publication(UtilityCall *call)
{
    const auto *create = statement_of<CreatePublicationStmt>(call);

    check_published(create->pubobjects);
    utility_run(call);
    record_published(create->pubname, create->for_all_tables, create->pubobjects);
}

void guard_alter_publication(UtilityCall *call)
{
    const auto *alter = statement_of<AlterPublicationStmt>(call);

    if (alter->action != AP_DropObjects)
        check_published(alter->pubobjects);
    utility_run(call);
    if (alter->action != AP_DropObjects)
        record_published(alter->pubname, false, alter->pubobjects);
}

} // namespace ddm
