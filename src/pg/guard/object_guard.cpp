// What a new or changed object would have the server do with the rows that there are. The hooks run after the
// object's row is written and before anything is done by it: before an index is built, rows are held against a
// constraint, or a table is rewritten.
#include "pg/guard/object_guard.h"
#include "pg/base/catalog_read.h"
#include "pg/base/relation_tree.h"
#include "pg/errors/errors.h"
#include "pg/guard/condition_guard.h"
#include "pg/guard/object_event.h"
#include "pg/policy/hidden_columns.h"
#include "pg/policy/roles.h"
#include "pg/rewrite/columns_read.h"

extern "C" {
#include "access/sysattr.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_trigger.h"
#include "rewrite/rewriteHandler.h"
#include "utils/array.h"
#include "utils/fmgroids.h"
#include "utils/relcache.h"
}

namespace ddm
{

// A relation of this transaction holds nobody else's rows, and its masks may be those of a rule.
bool is_new(Oid relation)
{
    Relation opened = RelationIdGetRelation(relation);
    if (!RelationIsValid(opened))
        return true;
    const bool result = opened->rd_createSubid != InvalidSubTransactionId;
    RelationClose(opened);
    return result;
}

Oid partitioned_parent(Oid relation)
{
    const List *parents = relation_new_parents(relation);

    return list_length(parents) == 1 && get_rel_relkind(linitial_oid(parents)) == RELKIND_PARTITIONED_TABLE
               ? linitial_oid(parents)
               : InvalidOid;
}

// What it got as a child or a partition since may hold others' rows, though, and rows of other partitions come into a
// partition.
HiddenColumns hidden_in(Oid relation)
{
    HiddenColumns hidden = hidden_columns_of(relation, is_new);
    const Oid whole = partitioned_parent(relation);

    if (OidIsValid(whole)) {
        const HiddenColumns above = hidden_in(whole);
        hidden.names = list_concat(hidden.names, above.names);
        hidden.clear = list_concat(hidden.clear, above.clear);
    }
    return hidden;
}

// A new partition gets what its parent has: that is the parent's code.
static bool follows_parent(Oid relation, bool has_parent) { return has_parent && is_new(relation); }

void refuse_any(const HiddenColumns *hidden, const char *what)
{
    if (hidden->names != NIL)
        refuse_hidden(hidden, what, static_cast<char *>(linitial(hidden->names)));
}

void check_column(const HiddenColumns *hidden, AttrNumber attno, const char *what)
{
    const char *name = attno > 0 && hidden->names != NIL ? get_attname(hidden->relation, attno, true) : nullptr;

    if (name && is_hidden_name(hidden, name))
        refuse_hidden(hidden, what, name);
}

void check_array(const HiddenColumns *hidden, Oid catalog, HeapTuple tuple, AttrNumber column, const char *what)
{
    bool null;
    Datum datum = read_column(catalog, tuple, column, &null);
    if (null || hidden->names == NIL)
        return;
    ArrayType *array = DatumGetArrayTypeP(datum);
    auto *numbers = reinterpret_cast<int16 *>(ARR_DATA_PTR(array));
    for (int i = 0; i < (ARR_NDIM(array) == 1 ? ARR_DIMS(array)[0] : 0); i++)
        check_column(hidden, numbers[i], what);
}

void check_tree(const HiddenColumns *hidden, Oid catalog, HeapTuple tuple, AttrNumber column, const char *what)
{
    bool null;
    Datum datum = read_column(catalog, tuple, column, &null);
    if (null || (hidden->names == NIL && hidden->clear == NIL))
        return;
    auto *tree = static_cast<Node *>(stringToNode(TextDatumGetCString(datum)));
    const char *name = hidden_in_tree(hidden, tree);
    if (name)
        refuse_hidden(hidden, what, name);
    record_object_tree(hidden, tree);
}

static List *read_by_view(Oid view)
{
    Relation opened = RelationIdGetRelation(view);
    auto *query = static_cast<Query *>(copyObjectImpl(get_view_query(opened)));
    RelationClose(opened);
    AcquireRewriteLocks(query, true, false);
    List *queries = QueryRewrite(query);
    return list_length(queries) == 1 ? columns_read(linitial_node(Query, queries)) : NIL;
}

// Triggers of a view run for cleared roles too, who read it in clear. Who writes into a view of somebody else lends him
// his clearance, but not to others.
void check_view(Oid relation, const char *what)
{
    if (!policy_active() || get_rel_relkind(relation) != RELKIND_VIEW || owns_relation(GetUserId(), relation))
        return;
    ListCell *cell;
    foreach (cell, read_by_view(relation)) {
        const auto *read = static_cast<ColumnsRead *>(lfirst(cell));
        const HiddenColumns hidden = hidden_in(read->relation);
        if (bms_is_member(0, read->columns))
            refuse_any(&hidden, what);
        for (int attno = 0; (attno = bms_next_member(read->columns, attno)) > 0;)
            check_column(&hidden, static_cast<AttrNumber>(attno), what);
    }
}

static bool has_transition_table(HeapTuple tuple)
{
    return !heap_attisnull(tuple, Anum_pg_trigger_tgoldtable, nullptr) ||
           !heap_attisnull(tuple, Anum_pg_trigger_tgnewtable, nullptr);
}

// A trigger for the statement alone sees no row. It runs for whoever writes all the same, cleared roles included, and
// reads what they may.
void guard_trigger_created(Oid trigger, int, bool internal)
{
    if (internal)
        return;
    HeapTuple tuple = read_new_by_oid(TriggerRelationId, TriggerOidIndexId, Anum_pg_trigger_oid, trigger);
    if (!HeapTupleIsValid(tuple))
        return;
    auto *row = reinterpret_cast<Form_pg_trigger>(GETSTRUCT(tuple));
    if (follows_parent(row->tgrelid, OidIsValid(row->tgparentid)))
        return;
    const HiddenColumns hidden = hidden_in(row->tgrelid);
    refuse_any(&hidden, "create a trigger that sees");
    check_view(row->tgrelid, "create a trigger that sees");
    if (TRIGGER_FOR_ROW(row->tgtype) || has_transition_table(tuple))
        record_object(&hidden, hidden.clear);
}

void guard_rule_created(Oid rule, int, bool)
{
    HeapTuple tuple = read_new_by_oid(RewriteRelationId, RewriteOidIndexId, Anum_pg_rewrite_oid, rule);
    if (!HeapTupleIsValid(tuple))
        return;
    const HiddenColumns hidden = hidden_in(reinterpret_cast<Form_pg_rewrite>(GETSTRUCT(tuple))->ev_class);
    refuse_any(&hidden, "create a rule that sees");
}

// Foreign keys: whether a row is accepted says whether the value is stored. Of one that follows from the foreign key
// of a partitioned table only the partition's side is new.
static void check_foreign_key(HeapTuple tuple, const FormData_pg_constraint *row)
{
    bool referencing = true, referenced = true;

    if (OidIsValid(row->conparentid)) {
        HeapTuple parent = SearchSysCache1(CONSTROID, ObjectIdGetDatum(row->conparentid));
        if (HeapTupleIsValid(parent)) {
            referencing = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(parent))->conrelid != row->conrelid;
            referenced = !referencing;
            ReleaseSysCache(parent);
        }
    }
    if (referencing) {
        const HiddenColumns hidden = hidden_in(row->conrelid);
        check_array(&hidden, ConstraintRelationId, tuple, Anum_pg_constraint_conkey, "create a foreign key on");
    }
    if (referenced) {
        const HiddenColumns hidden = hidden_in(row->confrelid);
        check_array(&hidden, ConstraintRelationId, tuple, Anum_pg_constraint_confkey, "point a foreign key at");
    }
}

// By a partition: what the parent has as well, or by a new one.
static bool is_inherited(const FormData_pg_constraint *row)
{
    if (row->contype == CONSTRAINT_FOREIGN)
        return follows_parent(row->conrelid, OidIsValid(row->conparentid)) ||
               follows_parent(row->confrelid, OidIsValid(row->conparentid));
    return row->coninhcount > 0 && OidIsValid(partitioned_parent(row->conrelid));
}

static void check_constraint(HeapTuple tuple)
{
    auto *row = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));
    if (!OidIsValid(row->conrelid) || is_inherited(row))
        return;
    switch (row->contype) {
    case CONSTRAINT_CHECK: {
        const HiddenColumns hidden = hidden_in(row->conrelid);
        check_tree(&hidden, ConstraintRelationId, tuple, Anum_pg_constraint_conbin, "put an expression over");
        break;
    }
    case CONSTRAINT_FOREIGN:
        check_foreign_key(tuple, row);
        break;
    case DDM_CONSTRAINT_NOTNULL: {
        const HiddenColumns hidden = hidden_in(row->conrelid);
        check_array(&hidden, ConstraintRelationId, tuple, Anum_pg_constraint_conkey, "ask for nulls in");
        break;
    }
    default: // unique and exclusion constraints: their indexes
        break;
    }
}

static HeapTuple new_constraint(Oid constraint)
{
    return read_new_by_oid(ConstraintRelationId, ConstraintOidIndexId, Anum_pg_constraint_oid, constraint);
}

// Internal: one that is made again because the type of one of its columns changed.
void guard_constraint_created(Oid constraint, int, bool internal)
{
    HeapTuple tuple = internal ? nullptr : new_constraint(constraint);
    if (HeapTupleIsValid(tuple))
        check_constraint(tuple);
}

void guard_constraint_altered(Oid constraint, int, bool)
{
    HeapTuple after = new_constraint(constraint);
    HeapTuple before = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));
    if (!HeapTupleIsValid(before))
        return;
    const bool validates = HeapTupleIsValid(after) &&
                           reinterpret_cast<Form_pg_constraint>(GETSTRUCT(after))->convalidated &&
                           !reinterpret_cast<Form_pg_constraint>(GETSTRUCT(before))->convalidated;
    ReleaseSysCache(before);
    if (validates)
        check_constraint(after);
}

void guard_column_expression(Oid relation, int sub, bool)
{
    ScanKeyData key[2];
    ScanKeyInit(&key[0], Anum_pg_attrdef_adrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
    ScanKeyInit(&key[1], Anum_pg_attrdef_adnum, BTEqualStrategyNumber, F_INT2EQ, Int16GetDatum(sub));
    HeapTuple tuple = read_new(AttrDefaultRelationId, AttrDefaultIndexId, 2, key);
    if (!HeapTupleIsValid(tuple))
        return;
    const HiddenColumns hidden = hidden_in(relation);
    check_tree(&hidden, AttrDefaultRelationId, tuple, Anum_pg_attrdef_adbin, "put an expression over");
    if (!is_new(relation)) // nor a partition, which takes its parent's
        guard_condition_input(&hidden, static_cast<AttrNumber>(sub),
                              "set the default of what the condition asks for of");
}

static bool attaches(const AlterTableStmt *statement)
{
    ListCell *cell;

    foreach (cell, statement->cmds)
        if (lfirst_node(AlterTableCmd, cell)->subtype == AT_AttachPartition)
            return true;
    return false;
}

// REINDEX CONCURRENTLY, and a change of a column's type, make anew what is there.
static bool is_rebuilt(bool internal)
{
    const ErrorFrame *frame = errors_innermost_frame();
    const Node *statement = frame ? frame->statement->utilityStmt : nullptr;

    return statement &&
           (IsA(statement, ReindexStmt) || (internal && IsA(statement, AlterTableStmt) &&
                                            !attaches(reinterpret_cast<const AlterTableStmt *>(statement))));
}

// A plain index over a masked column tells nothing.
void check_index(const HiddenColumns *hidden, HeapTuple tuple)
{
    const auto *row = reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple));
    const char *what = row->indisexclusion ? "create an exclusion constraint on" : "create a unique index on";

    for (int i = 0; i < row->indnkeyatts && (row->indisunique || row->indisexclusion); i++)
        check_column(hidden, row->indkey.values[i], what);
    check_tree(hidden, IndexRelationId, tuple, Anum_pg_index_indexprs, "put an index expression over");
    check_tree(hidden, IndexRelationId, tuple, Anum_pg_index_indpred, "put an index condition over");
}

void guard_index_created(Oid relation, int sub, bool internal)
{
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_index_indexrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
    HeapTuple tuple =
        sub == 0 && !is_rebuilt(internal) ? read_new(IndexRelationId, IndexRelidIndexId, 1, &key) : nullptr;
    if (!HeapTupleIsValid(tuple))
        return;
    const Oid table = reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple))->indrelid;
    if (follows_parent(table, internal))
        return;
    const HiddenColumns hidden = hidden_in(table);
    check_index(&hidden, tuple);
}

void guard_policy_touched(Oid policy, int, bool)
{
    HeapTuple tuple = read_new_by_oid(PolicyRelationId, PolicyOidIndexId, Anum_pg_policy_oid, policy);
    if (!HeapTupleIsValid(tuple))
        return;
    const HiddenColumns hidden = hidden_in(reinterpret_cast<Form_pg_policy>(GETSTRUCT(tuple))->polrelid);
    check_tree(&hidden, PolicyRelationId, tuple, Anum_pg_policy_polqual, "create a policy over");
    check_tree(&hidden, PolicyRelationId, tuple, Anum_pg_policy_polwithcheck, "create a policy over");
}

} // namespace ddm
