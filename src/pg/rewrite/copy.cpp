// COPY relation TO, by way of a query.
//
// The server does the same for a relation with row-level security (DoCopy in copy.c). Done for cleared roles
// too, whose reading is an event. What the server would refuse about the relation or its columns is refused
// in the server's words.
#include "pg/rewrite/copy.h"
#include "pg/policy/masked_columns.h"
#include "pg/rewrite/catalog_values.h"

extern "C" {
#include "replication/walsender.h"
}

namespace ddm
{

// The server says what is wrong with the others.
static bool is_copied_by_query(const FormData_pg_class *relation)
{
    return relation->relkind == RELKIND_RELATION ||
           (DDM_COPIES_MATVIEWS && relation->relkind == RELKIND_MATVIEW && relation->relispopulated);
}

static AttrNumber find_column(TupleDesc descriptor, const char *name)
{
    for (int i = 0; i < descriptor->natts; i++) {
        Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

        if (!attribute->attisdropped && namestrcmp(&attribute->attname, name) == 0)
            return attribute->attnum;
    }
    return InvalidAttrNumber;
}

// As CopyGetAttnums(): a List of column numbers.
static List *listed_columns(Relation relation, List *names)
{
    TupleDesc descriptor = RelationGetDescr(relation);
    List *attnos = NIL;
    ListCell *cell;

    foreach (cell, names) {
        const char *name = strVal(lfirst(cell));
        const AttrNumber attno = find_column(descriptor, name);

        if (attno == InvalidAttrNumber)
            ereport(ERROR, errcode(ERRCODE_UNDEFINED_COLUMN),
                    errmsg("column \"%s\" of relation \"%s\" does not exist", name, RelationGetRelationName(relation)));
        if (TupleDescAttr(descriptor, attno - 1)->attgenerated)
            ereport(ERROR, errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
                    errmsg("column \"%s\" is a generated column", name),
                    errdetail("Generated columns cannot be used in COPY."));
        if (list_member_int(attnos, attno))
            ereport(ERROR, errcode(ERRCODE_DUPLICATE_COLUMN), errmsg("column \"%s\" specified more than once", name));
        attnos = lappend_int(attnos, attno);
    }
    return attnos;
}

static List *all_columns(Relation relation)
{
    TupleDesc descriptor = RelationGetDescr(relation);
    List *attnos = NIL;

    for (int i = 0; i < descriptor->natts; i++)
        if (!TupleDescAttr(descriptor, i)->attisdropped && !TupleDescAttr(descriptor, i)->attgenerated)
            attnos = lappend_int(attnos, i + 1);
    return attnos;
}

static bool any_in(const List *attnos, const Bitmapset *columns)
{
    ListCell *cell;

    foreach (cell, attnos)
        if (bms_is_member(lfirst_int(cell), columns))
            return true;
    return false;
}

static SelectStmt *select_columns(Relation relation, const List *attnos)
{
    SelectStmt *select = makeNode(SelectStmt);
    RangeVar *from = makeRangeVar(get_namespace_name(RelationGetNamespace(relation)),
                                  pstrdup(RelationGetRelationName(relation)), -1);
    ListCell *cell;

    from->inh = false; // COPY takes the relation's own rows alone
    select->fromClause = list_make1(from);
    foreach (cell, attnos) {
        Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(relation), lfirst_int(cell) - 1);
        ColumnRef *reference = makeNode(ColumnRef);
        ResTarget *target = makeNode(ResTarget);

        reference->fields = list_make1(makeString(pstrdup(NameStr(attribute->attname))));
        reference->location = -1;
        target->val = reinterpret_cast<Node *>(reference);
        target->location = -1;
        select->targetList = lappend(select->targetList, target);
    }
    return select;
}

// A subscriber that took masks for values would spread them: it gets none.
static void refuse_replication(Relation relation, const List *attnos)
{
    MaskedColumns columns;

    if (am_walsender && masked_columns(RelationGetRelid(relation), GetUserId(), &columns) &&
        any_in(attnos, columns.masked))
        ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                errmsg("relation \"%s\" has columns that are masked for role \"%s\" and cannot be copied for "
                       "replication",
                       RelationGetRelationName(relation), GetUserNameFromId(GetUserId(), true)),
                errhint("Grant UNMASK on the relation to the role that the subscription connects as."));
}

// Does the statement become a query?
static bool copy_by_query(CopyStmt *statement, Relation relation)
{
    const RelationPolicy *policy = policy_of(RelationGetRelid(relation));
    const bool catalog = holds_values(RelationGetRelid(relation), InvalidAttrNumber);

    if (!policy && !catalog)
        return false;
    List *attnos = statement->attlist != NIL ? listed_columns(relation, statement->attlist) : all_columns(relation);
    if (!catalog && !any_in(attnos, policy_masked_columns(policy)))
        return false;
    refuse_replication(relation, attnos);
    statement->query = reinterpret_cast<Node *>(select_columns(relation, attnos));
    statement->relation = nullptr;
    statement->attlist = NIL;
    return true;
}

// The rows come in the order in which they lie in the table, as COPY reads it without a query.
static void run_in_order(UtilityCall *call)
{
    static const char *const settings[] = {"max_parallel_workers_per_gather", "enable_indexonlyscan"};
    const int level = NewGUCNestLevel();

    for (const char *setting : settings)
        set_config_option(setting, "0", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
    utility_run(call);
    AtEOXact_GUC(true, level);
}

// Rows go in past the planner, and what the table's code is must be known before that runs.
static void look_at_policy(const CopyStmt *statement)
{
    const Oid relation = RangeVarGetRelid(statement->relation, AccessShareLock, true);

    if (OidIsValid(relation))
        (void)policy_of(relation);
}

void copy_statement(UtilityCall *call)
{
    auto *statement = castNode(CopyStmt, call->statement->utilityStmt);
    bool by_query = false;

    if (statement->is_from && policy_active())
        look_at_policy(statement);
    if (!statement->is_from && statement->relation && policy_active()) {
        Relation relation = table_openrv_extended(statement->relation, AccessShareLock, true);

        if (relation) {
            by_query = is_copied_by_query(relation->rd_rel) && copy_by_query(statement, relation);
            table_close(relation, NoLock); // locked to the end, so that the query finds the same relation
        }
    }
    if (by_query)
        run_in_order(call);
    else
        utility_run(call);
}

} // namespace ddm
