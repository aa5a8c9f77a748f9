// What each statement would read, from its parse tree alone: the server has not looked at it yet.
#include "pg/table_guard.h"
#include "pg/hidden_columns.h"
#include "pg/policy.h"

extern "C" {
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

// The elements of an index or of an exclusion constraint. A plain index over a masked column tells nothing.
static void check_elements(const HiddenColumns *hidden, const List *elements, bool names_too, const char *what)
{
    ListCell *cell;

    foreach (cell, elements) {
        const auto *element = lfirst_node(IndexElem, cell);

        if (names_too && element->name && is_hidden_name(hidden, element->name))
            refuse_hidden(hidden, what, element->name);
        check_expression(hidden, element->expr, "put an index expression over");
    }
}

// Triggers.

void guard_create_trigger(UtilityCall *call)
{
    const auto *trigger = statement_of<CreateTrigStmt>(call);

    // One for the statement, without its rows, sees nothing.
    if (trigger->row || trigger->transitionRels != NIL) {
        const HiddenColumns hidden = hidden_columns(trigger->relation);
        if (hidden.names != NIL)
            refuse_hidden(&hidden, "create a trigger that sees", static_cast<char *>(linitial(hidden.names)));
    }
    utility_run(call);
}

// Foreign keys: whether a row is accepted says whether the value is stored.

static void check_primary_key(const HiddenColumns *hidden)
{
    Relation relation = table_open(hidden->relation, NoLock);
    Bitmapset *key = RelationGetIndexAttrBitmap(relation, INDEX_ATTR_BITMAP_PRIMARY_KEY);
    int member = -1;

    table_close(relation, NoLock);
    while ((member = bms_next_member(key, member)) >= 0) {
        const auto attno = static_cast<AttrNumber>(member + FirstLowInvalidHeapAttributeNumber);
        char *name = get_attname(hidden->relation, attno, false);

        if (is_hidden_name(hidden, name))
            refuse_hidden(hidden, "point a foreign key at", name);
    }
}

static void check_referenced(const Constraint *constraint)
{
    if (constraint->contype != CONSTR_FOREIGN || !constraint->pktable)
        return;
    const HiddenColumns hidden = hidden_columns(constraint->pktable);
    if (hidden.names == NIL)
        return;
    if (constraint->pk_attrs != NIL)
        check_names(&hidden, constraint->pk_attrs, "point a foreign key at");
    else
        check_primary_key(&hidden);
}

static void check_referenced_by(const List *constraints)
{
    ListCell *cell;

    foreach (cell, constraints)
        if (IsA(lfirst(cell), Constraint))
            check_referenced(lfirst_node(Constraint, cell));
}

void guard_create_table(UtilityCall *call)
{
    const auto *create = statement_of<CreateStmt>(call);
    ListCell *cell;

    check_referenced_by(create->tableElts);
    check_referenced_by(create->constraints);
    foreach (cell, create->tableElts)
        if (IsA(lfirst(cell), ColumnDef))
            check_referenced_by(lfirst_node(ColumnDef, cell)->constraints);
    utility_run(call);
}

// ALTER TABLE: a new constraint or column is checked against, or computed from, the rows that there are.

static void check_constraint(const HiddenColumns *hidden, const Constraint *constraint)
{
    check_referenced(constraint);
    switch (constraint->contype) {
    case CONSTR_CHECK:
    case CONSTR_GENERATED:
        check_expression(hidden, constraint->raw_expr, "put an expression over");
        break;
    case CONSTR_UNIQUE:
    case CONSTR_PRIMARY:
        check_names(hidden, constraint->keys, "create a unique constraint on");
        break;
    case CONSTR_EXCLUSION: {
        ListCell *cell;
        foreach (cell, constraint->exclusions)
            check_elements(hidden, list_make1(linitial(lfirst_node(List, cell))), true,
                           "create an exclusion constraint on");
        check_expression(hidden, constraint->where_clause, "put an expression over");
        break;
    }
    case CONSTR_FOREIGN:
        check_names(hidden, constraint->fk_attrs, "create a foreign key on");
        break;
    default:
        break;
    }
}

static void check_column(const HiddenColumns *hidden, const ColumnDef *column)
{
    ListCell *cell;

    check_expression(hidden, column->raw_default, "put an expression over");
    foreach (cell, column->constraints)
        check_constraint(hidden, lfirst_node(Constraint, cell));
}

// The rows of the partition to be are held against its bounds.
static void check_attach(Oid parent, const PartitionCmd *command)
{
    const HiddenColumns hidden = hidden_columns(command->name);
    if (hidden.names == NIL)
        return;
    Relation relation = table_open(parent, NoLock);
    PartitionKey key = RelationGetPartitionKey(relation);

    for (int i = 0; key && i < key->partnatts; i++) {
        char *name = key->partattrs[i] != 0 ? get_attname(parent, key->partattrs[i], false)
                                            : static_cast<char *>(linitial(hidden.names));
        if (is_hidden_name(&hidden, name))
            refuse_hidden(&hidden, "partition by", name);
    }
    table_close(relation, NoLock);
}

static void check_command(const HiddenColumns *hidden, const AlterTableCmd *command)
{
    if (DDM_IS_SET_EXPRESSION(command)) {
        check_expression(hidden, command->def, "put an expression over");
        return;
    }
    switch (command->subtype) {
    case AT_AddConstraint:
        check_constraint(hidden, castNode(Constraint, command->def));
        break;
    case AT_AddColumn:
        check_column(hidden, castNode(ColumnDef, command->def));
        break;
    case AT_AlterColumnType:
        check_expression(hidden, castNode(ColumnDef, command->def)->raw_default, "convert");
        break;
    case AT_AttachPartition:
        check_attach(hidden->relation, castNode(PartitionCmd, command->def));
        break;
    default:
        break;
    }
}

void guard_alter_table(UtilityCall *call)
{
    const auto *alter = statement_of<AlterTableStmt>(call);
    ListCell *cell;

    if (alter->objtype == OBJECT_TABLE || alter->objtype == OBJECT_FOREIGN_TABLE) {
        const HiddenColumns hidden = hidden_columns(alter->relation);
        if (OidIsValid(hidden.relation))
            foreach (cell, alter->cmds)
                check_command(&hidden, lfirst_node(AlterTableCmd, cell));
    }
    utility_run(call);
}

// Indexes, policies, statistics, publications.

void guard_create_index(UtilityCall *call)
{
    const auto *index = statement_of<IndexStmt>(call);
    const HiddenColumns hidden = hidden_columns(index->relation);

    check_elements(&hidden, index->indexParams, index->unique, "create a unique index on");
    check_expression(&hidden, index->whereClause, "put an index condition over");
    utility_run(call);
}

void guard_create_policy(UtilityCall *call)
{
    const auto *policy = statement_of<CreatePolicyStmt>(call);
    const HiddenColumns hidden = hidden_columns(policy->table);

    check_expression(&hidden, policy->qual, "create a policy over");
    check_expression(&hidden, policy->with_check, "create a policy over");
    utility_run(call);
}

void guard_alter_policy(UtilityCall *call)
{
    const auto *policy = statement_of<AlterPolicyStmt>(call);
    const HiddenColumns hidden = hidden_columns(policy->table);

    check_expression(&hidden, policy->qual, "create a policy over");
    check_expression(&hidden, policy->with_check, "create a policy over");
    utility_run(call);
}

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
