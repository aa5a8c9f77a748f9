// Labels for what is made of masked columns.
#include "pg/label/derived.h"
#include "pg/audit/setting_events.h"
#include "pg/base/catalog_read.h"
#include "pg/base/relation_tree.h"
#include "pg/debug_settings.h"
#include "pg/label/condition_compare.h"
#include "pg/label/label_inherit.h"
#include "pg/label/label_store.h"
#include "pg/policy/relation_policy.h"
#include "pg/policy/roles.h"
#include "pg/rewrite/lineage_row.h"
#include "pg/rewrite/stored_reads.h"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_class.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_rewrite.h"
#include "commands/defrem.h"
#include "rewrite/prs2lock.h"
#include "commands/prepare.h"
#include "nodes/params.h"
#include "parser/analyze.h"
#include "rewrite/rewriteHandler.h"
#include "storage/lmgr.h"
#include "tcop/tcopprot.h"
#include "utils/fmgroids.h"
}

namespace ddm
{

enum DerivedMasks { DERIVED_MASKS_ALL, DERIVED_MASKS_PASSTHROUGH, DERIVED_MASKS_OFF };

static int derived_masks = DERIVED_MASKS_ALL;

static const config_enum_entry derived_masks_options[] = {
    {"all", DERIVED_MASKS_ALL, false},
    {"passthrough", DERIVED_MASKS_PASSTHROUGH, false},
    {"off", DERIVED_MASKS_OFF, false},
    {nullptr, 0, false},
};

void derived_install()
{
    DefineCustomEnumVariable("ddm.derived_masks", "Which columns of a table made from masked ones are masked.",
                             "all labels columns that are passed through and those that are computed, passthrough the "
                             "former alone, off none.",
                             &derived_masks, DERIVED_MASKS_ALL, derived_masks_options, PGC_SUSET, 0, nullptr,
                             setting_touched_number, nullptr);
}

// The mask of the column whose values an origin passes.
static const ColumnPolicy *passed_mask(const Origin *origin)
{
    const RelationPolicy *policy = origin->kind == Origin::Kind::Passed ? policy_of(origin->relation) : nullptr;
    return policy ? policy->columns[origin->attno] : nullptr;
}

// The label that an origin asks for; nullptr for none.
static const char *label_for(const Origin *origin)
{
    switch (origin->kind) {
    case Origin::Kind::Open:
        return nullptr;
    case Origin::Kind::Called:
    case Origin::Kind::Computed:
        return derived_masks == DERIVED_MASKS_ALL ? default_label : nullptr;
    case Origin::Kind::Passed:
        break;
    }
    const ColumnPolicy *column = passed_mask(origin);
    if (!column)
        return default_label;
    return column->label ? column->label : psprintf("MASKED WITH %s", column->text);
}

// Is the column of that name in `relation` the one of the row that `origin` passes a value of?
static bool stays_beside(Oid relation, const List *origins, const Origin *origin, AttrNumber attno)
{
    const char *name = get_attname(origin->row, attno, true);
    const AttrNumber here = name ? get_attnum(relation, name) : InvalidAttrNumber;

    if (here <= 0 || here > list_length(origins))
        return false;
    const auto *other = static_cast<const Origin *>(list_nth(origins, here - 1));
    return other->row == origin->row && other->row_attno == attno;
}

// A condition on columns of the row that the value is from says nothing of others that happen to have their names.
static bool leaves_its_row(Oid relation, const List *origins, const Origin *origin, const ColumnPolicy *before)
{
    const Bitmapset *columns = conditions_columns(before);
    int member = -1;

    if (columns && origin->row != origin->relation)
        return true;
    while ((member = bms_next_member(columns, member)) >= 0)
        if (!stays_beside(relation, origins, origin,
                          static_cast<AttrNumber>(member + FirstLowInvalidHeapAttributeNumber)))
            return true;
    return false;
}

// Of whatever text, one that means something on this column: default() where it does not fit, or has a condition on
// columns that are not here, or others'. (One that does not bind could not be set again: a dump would be restored without it.)
static const char *label_that_fits(Oid relation, AttrNumber attno, const List *origins)
{
    MaskTarget target;
    NameData name;

    if (!column_target(relation, attno, &target, &name))
        return nullptr;
    const auto *origin = static_cast<Origin *>(list_nth(origins, attno - 1));
    const ColumnPolicy *before = passed_mask(origin);
    const ColumnPolicy *now = label_bind(label_for(origin), MaskSource::Label, relation, attno, &name, target, "");
    const bool lost = before && (conditions_lost(before, now) || leaves_its_row(relation, origins, origin, before));
    return lost ? default_label : now->label;
}

// `origins` are of the relation's columns in order. A column that has a mask or says NOT MASKED keeps what it has.
static void label_derived(Oid relation, const List *origins, const char *reason)
{
    const RelationPolicy *policy = policy_of(relation);
    Bitmapset *taken = policy ? bms_copy(policy_masked_columns(policy)) : nullptr;
    ListCell *cell;

    foreach (cell, labels_of(relation, label_provider))
        taken = bms_add_member(taken, static_cast<StoredLabel *>(lfirst(cell))->attno);
    foreach (cell, origins) {
        auto attno = static_cast<AttrNumber>(foreach_current_index(cell) + 1);
        const auto *origin = static_cast<Origin *>(lfirst(cell));
        const bool wanted = label_for(origin) && !bms_is_member(attno, taken);
        const char *text = wanted ? label_that_fits(relation, attno, origins) : nullptr;
        if (text)
            label_set(relation, attno, text, reason);
    }
}

static bool derives(const List *origins)
{
    ListCell *cell;
    foreach (cell, origins)
        if (label_for(static_cast<Origin *>(lfirst(cell))))
            return true;
    return false;
}

// The query of CREATE TABLE AS EXECUTE, as it stands now.
static List *queries_of_prepared(const ExecuteStmt *statement)
{
    PreparedStatement *prepared = FetchPreparedStatement(statement->name, true);
    CachedPlanSource *source = prepared->plansource;
    auto *raw = static_cast<RawStmt *>(copyObjectImpl(source->raw_parse_tree));

    return pg_analyze_and_rewrite_fixedparams(raw, source->query_string, source->param_types, source->num_params,
                                              nullptr);
}

static List *lineage_of(const CreateTableAsStmt *statement)
{
    auto *query = static_cast<Query *>(copyObjectImpl(castNode(Query, statement->query)));
    List *queries = query->commandType == CMD_UTILITY ? queries_of_prepared(castNode(ExecuteStmt, query->utilityStmt))
                                                      : QueryRewrite(query);

    if (list_length(queries) != 1)
        return NIL; // the server says what is wrong with it
    return row_lineage(linitial_node(Query, queries), GetUserId());
}

static Oid relation_of(const CreateTableAsStmt *statement)
{
    Oid schema = RangeVarGetCreationNamespace(statement->into->rel);
    return get_relname_relid(statement->into->rel->relname, schema);
}

// Runs the statement; answers how often functions in it read stored values for `role`.
static uint64 run_counting(UtilityCall *call, Oid role)
{
    StoredReads reads;

    stored_reads_begin(&reads, role);
    PG_TRY();
    {
        utility_run(call);
    }
    PG_FINALLY();
    {
        stored_reads_end(&reads);
    }
    PG_END_TRY();
    return reads.count;
}

// Where functions read some, what they answered was made of some.
static void settle_calls(List *origins, uint64 reads)
{
    ListCell *cell;
    foreach (cell, origins) {
        auto *origin = static_cast<Origin *>(lfirst(cell));
        if (origin->kind == Origin::Kind::Called)
            origin->kind = reads > 0 ? Origin::Kind::Computed : Origin::Kind::Open;
    }
}

static bool is_off() { return derived_masks == DERIVED_MASKS_OFF || debug_masks_everything() || !policy_active(); }

static void create_derived(UtilityCall *call, const CreateTableAsStmt *statement)
{
    if (is_off() || OidIsValid(relation_of(statement))) { // IF NOT EXISTS, or an error
        utility_run(call);
        return;
    }
    List *origins = lineage_of(statement);
    if (!derives(origins)) {
        utility_run(call);
        return;
    }
    auto *into = static_cast<CreateTableAsStmt *>(copyObjectImpl(statement));
    settle_calls(origins, run_counting(call, GetUserId()));
    CommandCounterIncrement();
    Oid made = relation_of(into);
    if (OidIsValid(made))
        label_derived(made, origins, "made from masked columns");
}

void derived_create_table_as(UtilityCall *call)
{
    create_derived(call, castNode(CreateTableAsStmt, call->statement->utilityStmt));
}

static bool executes(const ExplainStmt *statement)
{
    bool analyze = false;
    ListCell *cell;
    foreach (cell, statement->options)
        if (strcmp(lfirst_node(DefElem, cell)->defname, "analyze") == 0)
            analyze = defGetBoolean(lfirst_node(DefElem, cell));
    return analyze;
}

void derived_explain(UtilityCall *call)
{
    auto *statement = castNode(ExplainStmt, call->statement->utilityStmt);
    auto *query = castNode(Query, statement->query);

    if (query->commandType == CMD_UTILITY && IsA(query->utilityStmt, CreateTableAsStmt) && executes(statement))
        create_derived(call, castNode(CreateTableAsStmt, query->utilityStmt));
    else
        utility_run(call);
}

// Of a materialized view's columns, as `role` reads them; InvalidOid: as somebody may have read them before there were
// masks.
static List *lineage_of_view(Oid view, Oid role)
{
    Relation relation = table_open(view, NoLock);
    List *origins = NIL;

    if (relation->rd_rel->relkind == RELKIND_MATVIEW && relation->rd_rules && relation->rd_rules->numLocks == 1) {
        auto *query = linitial_node(Query, relation->rd_rules->rules[0]->actions);
        auto *copy = static_cast<Query *>(copyObjectImpl(query));
        AcquireRewriteLocks(copy, true, false);
        List *queries = QueryRewrite(copy);
        if (list_length(queries) == 1)
            origins = row_lineage(linitial_node(Query, queries), role);
    }
    table_close(relation, NoLock);
    return origins;
}

// What it is made of may have got masks, or its owner a clearance, since it was made.
void derived_refresh(UtilityCall *call)
{
    auto *statement = castNode(RefreshMatViewStmt, call->statement->utilityStmt);
    Oid view = is_off() ? InvalidOid : RangeVarGetRelid(statement->relation, NoLock, true);

    if (!OidIsValid(view)) {
        utility_run(call);
        return;
    }
    auto *name = static_cast<RangeVar *>(copyObjectImpl(statement->relation));
    const uint64 reads = run_counting(call, relation_owner(view));
    CommandCounterIncrement();
    view = RangeVarGetRelid(name, NoLock, true); // the server has locked it for the transaction
    // As its owner reads, whoever refreshes it.
    List *origins = OidIsValid(view) ? lineage_of_view(view, relation_owner(view)) : NIL;
    settle_calls(origins, reads);
    if (derives(origins))
        label_derived(view, origins, "refreshed from masked columns");
}

// The views, materialized or not, whose queries read the relation.
static List *views_over(Oid relation)
{
    ScanKeyData key[2];
    List *found = NIL;
    HeapTuple tuple;

    ScanKeyInit(&key[0], Anum_pg_depend_refclassid, BTEqualStrategyNumber, F_OIDEQ,
                ObjectIdGetDatum(RelationRelationId));
    ScanKeyInit(&key[1], Anum_pg_depend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
    Relation depend = table_open(DependRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(depend, DependReferenceIndexId, true, nullptr, 2, key);
    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        auto *row = reinterpret_cast<Form_pg_depend>(GETSTRUCT(tuple));
        HeapTuple rule = row->classid == RewriteRelationId
                             ? read_new_by_oid(RewriteRelationId, RewriteOidIndexId, Anum_pg_rewrite_oid, row->objid)
                             : nullptr;
        if (HeapTupleIsValid(rule))
            found = list_append_unique_oid(found, reinterpret_cast<Form_pg_rewrite>(GETSTRUCT(rule))->ev_class);
    }
    systable_endscan(scan);
    table_close(depend, AccessShareLock);
    return found;
}

static void follow(Oid relation, List **seen)
{
    ListCell *cell;

    check_stack_depth();
    foreach (cell, views_over(relation)) {
        const Oid view = lfirst_oid(cell);

        if (list_member_oid(*seen, view))
            continue;
        *seen = lappend_oid(*seen, view);
        if (get_rel_relkind(view) == RELKIND_MATVIEW) {
            LockRelationOid(view, ShareUpdateExclusiveLock);
            List *origins = lineage_of_view(view, InvalidOid);
            settle_calls(origins, 0);
            if (derives(origins))
                label_derived(view, origins, "holds what is masked now");
        }
        follow(view, seen);
    }
}

void derived_follow(Oid relation)
{
    List *seen = NIL;
    ListCell *cell;

    if (is_off())
        return;
    List *members = list_concat(relation_ancestors(relation), relation_descendants(relation));
    foreach (cell, lcons_oid(relation, members))
        follow(lfirst_oid(cell), &seen);
}

} // namespace ddm
