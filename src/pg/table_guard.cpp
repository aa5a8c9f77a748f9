// What a statement would read that no object of the catalog shows afterwards, from its parse tree alone: the server
// has not looked at it yet.
#include "pg/table_guard.h"
#include "pg/hidden_columns.h"
#include "pg/policy.h"

extern "C" {
#include "catalog/partition.h"
#include "utils/partcache.h"
#include "utils/relcache.h"
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
}

// `names`: a list of String.
static void check_names(const HiddenColumns *hidden, const List *names, const char *what)
{
    ListCell *cell;

    foreach (cell, names)
        if (is_hidden_name(hidden, strVal(lfirst(cell))))
            refuse_hidden(hidden, what, strVal(lfirst(cell)));
}

// Partitions: rows are held against bounds.

// `hidden`: of the relation whose rows they are. An expression in the key may be over any column.
static void check_partition_key(const HiddenColumns *hidden, Relation parent)
{
    PartitionKey key = RelationGetPartitionKey(parent);

    for (int i = 0; key && hidden->names != NIL && i < key->partnatts; i++) {
        char *name = key->partattrs[i] != 0 ? get_attname(RelationGetRelid(parent), key->partattrs[i], false)
                                            : static_cast<char *>(linitial(hidden->names));
        if (is_hidden_name(hidden, name))
            refuse_hidden(hidden, "partition by", name);
    }
}

static void check_default_partition(Relation parent)
{
    const Oid partition = get_default_partition_oid(RelationGetRelid(parent));

    if (OidIsValid(partition)) {
        const HiddenColumns hidden = hidden_columns_of(partition);
        check_partition_key(&hidden, parent);
    }
}

static void check_attach(Oid parent, const PartitionCmd *command)
{
    const HiddenColumns hidden = hidden_columns(command->name);
    Relation relation = table_open(parent, NoLock);

    check_partition_key(&hidden, relation);
    check_default_partition(relation);
    table_close(relation, NoLock);
}

// A partition that is made may take values that the default partition holds: then it is looked through.
void guard_create_table(UtilityCall *call)
{
    const auto *create = statement_of<CreateStmt>(call);

    if (create->partbound) {
        const HiddenColumns parent = hidden_columns(linitial_node(RangeVar, create->inhRelations));
        if (OidIsValid(parent.relation) && get_rel_relkind(parent.relation) == RELKIND_PARTITIONED_TABLE) {
            Relation relation = table_open(parent.relation, NoLock);
            check_default_partition(relation);
            table_close(relation, NoLock);
        }
    }
    utility_run(call);
}

void guard_alter_table(UtilityCall *call)
{
    const auto *alter = statement_of<AlterTableStmt>(call);
    ListCell *cell;

    if (alter->objtype == OBJECT_TABLE || alter->objtype == OBJECT_FOREIGN_TABLE) {
        const HiddenColumns hidden = hidden_columns(alter->relation);
        foreach (cell, alter->cmds) {
            const auto *command = lfirst_node(AlterTableCmd, cell);

            if (command->subtype == AT_AlterColumnType)
                check_expression(&hidden, castNode(ColumnDef, command->def)->raw_default, "convert");
            else if (command->subtype == AT_AttachPartition && OidIsValid(hidden.relation))
                check_attach(hidden.relation, castNode(PartitionCmd, command->def));
        }
    }
    utility_run(call);
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
        const HiddenColumns hidden = hidden_columns(lfirst_node(RangeVar, cell));
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
        const HiddenColumns hidden = hidden_columns(table->relation);
        if (hidden.names == NIL)
            continue;
        if (table->columns == NIL)
            refuse_hidden(&hidden, "publish", static_cast<char *>(linitial(hidden.names)));
        check_names(&hidden, table->columns, "publish");
        check_expression(&hidden, table->whereClause, "publish");
    }
}

void guard_create_publication(UtilityCall *call)
{
    check_published(statement_of<CreatePublicationStmt>(call)->pubobjects);
    utility_run(call);
}

void guard_alter_publication(UtilityCall *call)
{
    const auto *alter = statement_of<AlterPublicationStmt>(call);

    if (alter->action != AP_DropObjects)
        check_published(alter->pubobjects);
    utility_run(call);
}

} // namespace ddm
