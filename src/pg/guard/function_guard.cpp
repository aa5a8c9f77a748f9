// A function that is changed where it stands in what the server runs over stored values: in a trigger, a check, an index,
// a policy, or an operator or type that one of these is made with. Whoever changes it could have it tell what it sees.
#include "pg/guard/function_guard.h"
#include "pg/base/catalog_read.h"
#include "pg/guard/condition_guard.h"
#include "pg/guard/name_guard.h"
#include "pg/guard/object_event.h"
#include "pg/guard/object_guard.h"

extern "C" {
#include "catalog/dependency.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_cast.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_index.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_statistic_ext.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
}
#include <initializer_list>

namespace ddm
{

static constexpr char what[] = "change a function that sees";

// Names, owners and costs change nothing of what runs. Of an aggregate the row does not say what it calls.
static bool runs_alike(HeapTuple before, HeapTuple after)
{
    const auto *one = reinterpret_cast<Form_pg_proc>(GETSTRUCT(before));
    const auto *other = reinterpret_cast<Form_pg_proc>(GETSTRUCT(after));
    bool alike = one->prokind != PROKIND_AGGREGATE && one->prolang == other->prolang;

    for (int column : {Anum_pg_proc_prosrc, Anum_pg_proc_probin, Anum_pg_proc_prosqlbody, Anum_pg_proc_proconfig}) {
        bool null, other_null;
        const Datum value = read_column(ProcedureRelationId, before, static_cast<AttrNumber>(column), &null);
        const Datum new_value = read_column(ProcedureRelationId, after, static_cast<AttrNumber>(column), &other_null);
        alike &= null == other_null && (null || datum_image_eq(value, new_value, false, -1));
    }
    return alike;
}

static void check_trees(Oid relation, Oid catalog, HeapTuple tuple, std::initializer_list<int> columns)
{
    const HiddenColumns hidden = hidden_in(relation);

    for (int column : columns)
        check_tree(&hidden, catalog, tuple, static_cast<AttrNumber>(column), what);
}

static void check_all(Oid relation)
{
    const HiddenColumns hidden = hidden_in(relation);

    refuse_any(&hidden, what);
    record_object(&hidden, hidden.clear);
}

// Looked at already: functions may call each other. By catalog and number: numbers are one catalog's.
static ObjectAddresses *visited = nullptr;

static void check_dependents(Oid catalog, Oid object);

static void check_constraint(HeapTuple tuple)
{
    const auto *row = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));

    if (OidIsValid(row->contypid))
        check_dependents(TypeRelationId, row->contypid);
    else
        check_trees(row->conrelid, ConstraintRelationId, tuple, {Anum_pg_constraint_conbin});
}

static void check_index_or_table(Oid relation)
{
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_index_indexrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
    HeapTuple tuple = read_new(IndexRelationId, IndexRelidIndexId, 1, &key);

    if (HeapTupleIsValid(tuple))
        check_trees(reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple))->indrelid, IndexRelationId, tuple,
                    {Anum_pg_index_indexprs, Anum_pg_index_indpred});
    else if (get_rel_relkind(relation) == RELKIND_PARTITIONED_TABLE)
        check_all(relation); // its key
}

static const char *const behind_condition = "change a function behind what the condition asks for of";

// The function may be in a domain's default as well.
static void check_column_of_type(Oid relation, AttrNumber attno)
{
    const HiddenColumns hidden = hidden_in(relation);
    const char *name = get_attname(relation, attno, true);

    check_column(&hidden, attno, what);
    guard_condition_input(&hidden, attno, behind_condition);
    if (name && is_clear_name(&hidden, name))
        record_object(&hidden, list_make1(pstrdup(name)));
}

struct UserEntry {
    Oid catalog, index;
    int oid_column;
    void (*check)(HeapTuple tuple);
};

static const UserEntry users[] = {
    {TriggerRelationId, TriggerOidIndexId, Anum_pg_trigger_oid,
     [](HeapTuple tuple) {
         const Oid relation = reinterpret_cast<Form_pg_trigger>(GETSTRUCT(tuple))->tgrelid;
         check_all(relation);
         check_view(relation, what);
         guard_name_of(RelationRelationId, relation);
     }},
    {RewriteRelationId, RewriteOidIndexId, Anum_pg_rewrite_oid,
     [](HeapTuple tuple) {
         const Oid relation = reinterpret_cast<Form_pg_rewrite>(GETSTRUCT(tuple))->ev_class;
         check_all(relation); // those of a view work on masks
         check_dependents(RelationRelationId, relation);
     }},
    {CastRelationId, CastOidIndexId, Anum_pg_cast_oid,
     [](HeapTuple tuple) { guard_cast_made(reinterpret_cast<Form_pg_cast>(GETSTRUCT(tuple))->oid, 0, false); }},
    {ConstraintRelationId, ConstraintOidIndexId, Anum_pg_constraint_oid, check_constraint},
    {AttrDefaultRelationId, AttrDefaultOidIndexId, Anum_pg_attrdef_oid,
     [](HeapTuple tuple) {
         const auto *row = reinterpret_cast<Form_pg_attrdef>(GETSTRUCT(tuple));
         const HiddenColumns hidden = hidden_in(row->adrelid);
         check_tree(&hidden, AttrDefaultRelationId, tuple, Anum_pg_attrdef_adbin, what);
         guard_condition_input(&hidden, row->adnum, behind_condition);
     }},
    {PolicyRelationId, PolicyOidIndexId, Anum_pg_policy_oid,
     [](HeapTuple tuple) {
         check_trees(reinterpret_cast<Form_pg_policy>(GETSTRUCT(tuple))->polrelid, PolicyRelationId, tuple,
                     {Anum_pg_policy_polqual, Anum_pg_policy_polwithcheck});
     }},
    {StatisticExtRelationId, StatisticExtOidIndexId, Anum_pg_statistic_ext_oid,
     [](HeapTuple tuple) {
         check_trees(reinterpret_cast<Form_pg_statistic_ext>(GETSTRUCT(tuple))->stxrelid, StatisticExtRelationId, tuple,
                     {Anum_pg_statistic_ext_stxexprs});
     }},
};

static void check_dependent(Oid catalog, Oid object, int sub)
{
    if (catalog == RelationRelationId && sub > 0)
        check_column_of_type(object, static_cast<AttrNumber>(sub));
    else if (catalog == RelationRelationId)
        check_index_or_table(object);
    else if (catalog == OperatorRelationId || catalog == ProcedureRelationId || catalog == TypeRelationId)
        check_dependents(catalog, object);
    for (const UserEntry &user : users) {
        HeapTuple tuple = user.catalog == catalog
                              ? read_new_by_oid(catalog, user.index, static_cast<AttrNumber>(user.oid_column), object)
                              : nullptr;
        if (HeapTupleIsValid(tuple))
            user.check(tuple);
    }
}

static void check_dependents(Oid catalog, Oid object)
{
    ListCell *cell;
    const ObjectAddress address = {catalog, object, 0};

    check_stack_depth();
    if (object_address_present(&address, visited))
        return;
    add_exact_object_address(&address, visited);
    guard_name_of(catalog, object);
    foreach (cell, dependents_of(catalog, object)) {
        const auto *row = reinterpret_cast<FormData_pg_depend *>(GETSTRUCT(static_cast<HeapTuple>(lfirst(cell))));
        // What takes a value of the type is given one by its caller.
        if (catalog != TypeRelationId || row->classid == RelationRelationId || row->classid == TypeRelationId)
            check_dependent(row->classid, row->objid, row->objsubid);
    }
}

void guard_function_changed(Oid function, int, bool)
{
    HeapTuple before = SearchSysCacheCopy1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(before))
        return; // a new one
    HeapTuple after = read_new_by_oid(ProcedureRelationId, ProcedureOidIndexId, Anum_pg_proc_oid, function);
    visited = new_object_addresses();
    if (!HeapTupleIsValid(after) || !runs_alike(before, after))
        check_dependents(ProcedureRelationId, function);
}

void guard_view_changed(Oid rule, int, bool)
{
    HeapTuple tuple = read_new_by_oid(RewriteRelationId, RewriteOidIndexId, Anum_pg_rewrite_oid, rule);

    visited = new_object_addresses();
    if (HeapTupleIsValid(tuple))
        check_dependents(RelationRelationId, reinterpret_cast<Form_pg_rewrite>(GETSTRUCT(tuple))->ev_class);
}

} // namespace ddm
