// Searches of a statement: noted on its plan, counted and bounded when it starts.
#include "pg/rewrite/searchable.h"
#include "pg/audit/audit.h"
#include "pg/base/relation_tree.h"
#include "pg/policy/relation_policy.h"
#include "pg/rewrite/plan_note.h"
#include "pg/rewrite/probe_limit.h"

extern "C" {
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "executor/executor.h"
#include "storage/lmgr.h"
#include "storage/predicate.h"
#include "utils/relcache.h"
#include "utils/array.h"
}

namespace ddm
{

void searchable_note(PlannedStmt *plan, const List *probes)
{
    ListCell *cell;
    foreach (cell, probes) {
        auto *probe = static_cast<Probe *>(lfirst(cell));
        plan_note_append(plan, {NoteKind::Probe, probe->attno, probe->relation});
        plan_note_append(plan, probe->array_param > 0
                                   ? PlanNote{NoteKind::ProbeArray, 0, static_cast<uint32>(probe->array_param)}
                                   : PlanNote{NoteKind::ProbeCount, 0, probe->count});
    }
}

static uint32 elements_of(ParamListInfo params, int number)
{
    ParamExternData fetched;
    if (!params || number > params->numParams)
        return 0;
    const ParamExternData *param =
        params->paramFetch ? params->paramFetch(params, number, false, &fetched) : &params->params[number - 1];
    if (param->isnull || !OidIsValid(param->ptype))
        return 0;
    ArrayType *values = DatumGetArrayTypeP(param->value);
    return static_cast<uint32>(ArrayGetNItems(ARR_NDIM(values), ARR_DIMS(values)));
}

// How many values one statement searches for in one column.
struct CountedSearch {
    Oid relation;
    AttrNumber attno;
    uint64 count;
};

static CountedSearch *search_in(List **searches, Oid relation, AttrNumber attno)
{
    ListCell *cell;
    foreach (cell, *searches) {
        auto *search = static_cast<CountedSearch *>(lfirst(cell));
        if (search->relation == relation && search->attno == attno)
            return search;
    }
    auto *search = zeroed<CountedSearch>();
    *search = {relation, attno, 0};
    *searches = lappend(*searches, search);
    return search;
}

static List *searches_of(const QueryDesc *query_desc)
{
    List *searches = NIL;
    CountedSearch *search = nullptr;
    PlanNote note;
    ListCell *cell;
    foreach (cell, query_desc->plannedstmt->invalItems) {
        if (!plan_note_read(lfirst(cell), &note))
            continue;
        if (note.kind == NoteKind::Probe)
            search = search_in(&searches, note.value, note.attno);
        else if (note.kind == NoteKind::ProbeCount)
            search->count += note.value;
        else if (note.kind == NoteKind::ProbeArray)
            search->count += elements_of(query_desc->params, static_cast<int>(note.value));
    }
    return searches;
}

// Partitions and children are charged where their tree begins: asked one by one they give no more than that.
static Oid charged_relation(Oid relation, AttrNumber *attno)
{
    List *ancestors = relation_ancestors(relation);
    if (ancestors == NIL)
        return relation;
    Oid root = llast_oid(ancestors);
    AttrNumber in_root = get_attnum(root, get_attname(relation, *attno, false));
    if (in_root <= 0)
        return relation;
    *attno = in_root;
    return root;
}

static void charge(const CountedSearch *search, int64 query_id)
{
    const RelationPolicy *policy = policy_of(search->relation);
    const char *name = get_attname(search->relation, search->attno, false);
    const char *relation = quote_qualified_identifier(get_namespace_name(get_rel_namespace(search->relation)),
                                                      get_rel_name(search->relation));
    const SearchRight *right = search_right(policy, search->attno, GetUserId());
    if (!right)
        ereport(ERROR, errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
                errmsg("masking policy has changed since this statement was planned"),
                errhint("Run the transaction again."));
    AttrNumber attno = search->attno;
    Oid charged = charged_relation(search->relation, &attno);
    bool allowed = probe_charge(charged, attno, search->count, right->limit, right->period);
    audit_probe_event({allowed ? EventKind::Probe : EventKind::Throttled,
                       psprintf("table %s column %s", relation, quote_identifier(name)),
                       psprintf("%s.%s", relation, quote_identifier(name)), static_cast<int64>(search->count),
                       query_id});
    if (!allowed)
        ereport(ERROR, errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
                errmsg("too many values searched for in masked column \"%s\"", name),
                errdetail("The column's label allows %u per %s; this statement searches for %llu.", right->limit,
                          right->period == USECS_PER_MINUTE ? "minute"
                          : right->period == USECS_PER_HOUR ? "hour"
                                                            : "day",
                          static_cast<unsigned long long>(search->count)),
                errhint("Search for fewer values, or wait until the period is over."));
}

static void lock_indexes(Oid relation, Snapshot snapshot)
{
    ListCell *cell;
    Relation table = table_open(relation, NoLock);

    foreach (cell, RelationGetIndexList(table)) {
        Relation index = index_open(lfirst_oid(cell), AccessShareLock);
        PredicateLockRelation(index, snapshot);
        index_close(index, AccessShareLock);
    }
    table_close(table, NoLock);
}

// A serializable transaction locks the page on which the value would be, and pg_locks tells which: that halves what is
// left to guess with each search. Whole indexes are locked instead.
static void hide_pages(Oid relation, Snapshot snapshot)
{
    ListCell *cell;

    lock_indexes(relation, snapshot);
    foreach (cell, relation_descendants(relation)) {
        LockRelationOid(lfirst_oid(cell), AccessShareLock);
        lock_indexes(lfirst_oid(cell), snapshot);
    }
}

// A wrapper may ask the far end what it expects for the value, whose statistics are of stored ones.
static bool estimates_afar(const PlannedStmt *plan)
{
    ListCell *cell;

    foreach (cell, plan->rtable)
        if (lfirst_node(RangeTblEntry, cell)->relkind == RELKIND_FOREIGN_TABLE)
            return true;
    return false;
}

void searchable_charge(QueryDesc *query_desc, int eflags)
{
    const bool runs = !(eflags & EXEC_FLAG_EXPLAIN_ONLY);
    ListCell *cell;

    if (!runs && !estimates_afar(query_desc->plannedstmt))
        return;
    foreach (cell, searches_of(query_desc)) {
        auto *search = static_cast<CountedSearch *>(lfirst(cell));
        if (search->count > 0) {
            charge(search, static_cast<int64>(query_desc->plannedstmt->queryId));
            if (runs && IsolationIsSerializable())
                hide_pages(search->relation, query_desc->snapshot);
        }
    }
}

bool searchable_hides_pages(const QueryDesc *query_desc)
{
    PlanNote note;

    return IsolationIsSerializable() && plan_note_find(query_desc->plannedstmt, NoteKind::Probe, &note);
}

} // namespace ddm
