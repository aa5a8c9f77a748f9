// ddm.explain() and ddm.who_can_unmask(): the policy of a query, and of everybody.
#include "pg/policy/policy.h"
#include "pg/base/tree.h"
#include "pg/policy/policy_state.h"
#include "pg/policy/relation_policy.h"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_auth_members.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "executor/functions.h"
#include "funcapi.h"
#include "parser/analyze.h"
#include "rewrite/rewriteHandler.h"
#include "tcop/tcopprot.h"
#include "utils/catcache.h"
#include "utils/tuplestore.h"
}

namespace ddm
{

// Relations that a query reads, views and SQL functions followed.
struct Reads {
    List *relations; // of oids
    List *via;       // of char *: the view or function through which, or an empty text
    List *functions; // already followed
    List *unknown;   // functions that can't be followed, oids
    const char *through;
};

static bool walk_reads(Node *node, void *context);

static void add_relation(Reads *reads, Oid relation)
{
    if (list_member_oid(reads->relations, relation))
        return;
    reads->relations = lappend_oid(reads->relations, relation);
    reads->via = lappend(reads->via, const_cast<char *>(reads->through));
}

static void follow_queries(Reads *reads, List *queries)
{
    ListCell *cell;
    foreach (cell, queries)
        walk_reads(reinterpret_cast<Node *>(lfirst_node(Query, cell)), reads);
}

// The body of an SQL function, as inline_function() of the planner gets it.
static void follow_body(Reads *reads, HeapTuple tuple, Oid input_collation)
{
    bool null;
    Datum stored = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_prosqlbody, &null);
    if (!null) {
        auto *body = static_cast<Node *>(stringToNode(TextDatumGetCString(stored)));
        List *queries = IsA(body, List) ? linitial_node(List, castNode(List, body)) : list_make1(body);
        ListCell *cell;
        foreach (cell, queries) {
            auto *query = lfirst_node(Query, cell);
            AcquireRewriteLocks(query, true, false);
            follow_queries(reads, pg_rewrite_query(query));
        }
        return;
    }
    stored = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_prosrc, &null);
    char *source = null ? pstrdup("") : TextDatumGetCString(stored);
    SQLFunctionParseInfoPtr parameters = prepare_sql_fn_parse_info(tuple, nullptr, input_collation);
    ListCell *cell;
    foreach (cell, pg_parse_query(source))
        follow_queries(reads, pg_analyze_and_rewrite_withcb(lfirst_node(RawStmt, cell), source,
                                                            reinterpret_cast<ParserSetupHook>(sql_fn_parser_setup),
                                                            parameters, nullptr));
}

static bool follow_function(Oid function, void *context)
{
    auto *reads = static_cast<Reads *>(context);
    if (function < FirstNormalObjectId || list_member_oid(reads->functions, function))
        return false;
    reads->functions = lappend_oid(reads->functions, function);
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple))
        return false;
    auto *row = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple));
    if (row->pronamespace == ddm_schema()) {
        ReleaseSysCache(tuple);
        return false;
    }
    if (row->prolang != SQLlanguageId || row->prokind != PROKIND_FUNCTION) {
        reads->unknown = lappend_oid(reads->unknown, function);
    } else {
        const char *outer = reads->through;
        reads->through = psprintf("function %s", quote_identifier(NameStr(row->proname)));
        follow_body(reads, tuple, InvalidOid);
        reads->through = outer;
    }
    ReleaseSysCache(tuple);
    return false;
}

static void walk_range_table(Reads *reads, Query *query)
{
    ListCell *cell;
    foreach (cell, query->rtable) {
        auto *rte = lfirst_node(RangeTblEntry, cell);
        if (rte->rtekind == RTE_RELATION && rte->relkind != RELKIND_VIEW)
            add_relation(reads, rte->relid);
    }
}

static bool walk_reads(Node *node, void *context)
{
    check_stack_depth();
    if (!node)
        return false;
    check_functions_in_node(node, follow_function, context);
    if (IsA(node, Query)) {
        auto *query = reinterpret_cast<Query *>(node);
        if (query->commandType == CMD_UTILITY)
            return false;
        walk_range_table(static_cast<Reads *>(context), query);
        return walk_query(query, walk_reads, context, 0);
    }
    return walk_expression(node, walk_reads, context);
}

static Reads reads_of(const char *text)
{
    Reads reads = {NIL, NIL, NIL, NIL, ""};
    List *statements = pg_parse_query(text);
    if (list_length(statements) != 1)
        ereport(ERROR, errcode(ERRCODE_SYNTAX_ERROR), errmsg("expected one query"),
                errdetail("The text holds %d statements.", list_length(statements)),
                errhint("Ask for each by itself."));
    follow_queries(&reads,
                   pg_analyze_and_rewrite_fixedparams(linitial_node(RawStmt, statements), text, nullptr, 0, nullptr));
    return reads;
}

static List *all_roles()
{
    List *roles = NIL;
    Relation table = table_open(AuthIdRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(table, InvalidOid, false, nullptr, 0, nullptr);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan)))
        roles = lappend_oid(roles, reinterpret_cast<Form_pg_authid>(GETSTRUCT(tuple))->oid);
    systable_endscan(scan);
    table_close(table, AccessShareLock);
    return roles;
}

// Roles of which `member` is a direct member, by inheritance where the server says so.
static List *direct_roles(Oid member)
{
    List *roles = NIL;
    CatCList *memberships = SearchSysCacheList1(AUTHMEMMEMROLE, ObjectIdGetDatum(member));
    for (int i = 0; i < memberships->n_members; i++) {
        auto *row = reinterpret_cast<Form_pg_auth_members>(GETSTRUCT(&memberships->members[i]->tuple));
        roles = lappend_oid(roles, row->roleid);
    }
    ReleaseSysCacheList(memberships);
    return roles;
}

// "alice > support > compliance": the shortest chain of memberships from `member` to `role`.
static char *membership_path(Oid member, Oid role)
{
    List *reached = list_make1_oid(member);
    List *paths = list_make1(pstrdup(quote_identifier(GetUserNameFromId(member, false))));
    for (int i = 0; i < list_length(reached); i++) {
        auto *path = static_cast<char *>(list_nth(paths, i));
        if (list_nth_oid(reached, i) == role)
            return path;
        ListCell *cell;
        foreach (cell, direct_roles(list_nth_oid(reached, i))) {
            if (list_member_oid(reached, lfirst_oid(cell)))
                continue;
            reached = lappend_oid(reached, lfirst_oid(cell));
            paths =
                lappend(paths, psprintf("%s > %s", path, quote_identifier(GetUserNameFromId(lfirst_oid(cell), false))));
        }
    }
    return nullptr;
}

static void put_cleared(ReturnSetInfo *result, const RelationPolicy *policy, AttrNumber attno, Oid role)
{
    Decision decision = policy_decide(policy, attno, role);
    if (decision.verdict != Verdict::Cleared)
        return;
    Datum values[6];
    bool nulls[6] = {};
    NameData name = policy->columns[attno]->name;
    NameData role_name;
    namestrcpy(&role_name, GetUserNameFromId(role, false));
    char *path = OidIsValid(decision.held_by) ? membership_path(role, decision.held_by) : nullptr;
    values[0] = NameGetDatum(&role_name);
    values[1] = NameGetDatum(&name);
    values[2] = CStringGetTextDatum(basis_name(decision.basis));
    values[3] = CStringGetTextDatum(decision.why ? decision.why : "");
    values[4] = path ? CStringGetTextDatum(path) : (Datum)0;
    nulls[4] = path == nullptr;
    values[5] = TimestampTzGetDatum(decision.until);
    nulls[5] = decision.until == DT_NOEND;
    tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

} // namespace ddm

using namespace ddm;

// ddm.query_relations(query): relation, via.
DDM_FUNCTION(ddm_query_relations)
{
    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    Reads reads = reads_of(text_to_cstring(PG_GETARG_TEXT_PP(0)));
    ListCell *relation, *via;
    forboth(relation, reads.relations, via, reads.via)
    {
        Datum values[3] = {ObjectIdGetDatum(lfirst_oid(relation)),
                           CStringGetTextDatum(static_cast<char *>(lfirst(via))), 0};
        bool nulls[3] = {false, static_cast<char *>(lfirst(via))[0] == '\0', true};
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
    }
    foreach (relation, reads.unknown) {
        Datum values[3] = {0, 0, ObjectIdGetDatum(lfirst_oid(relation))};
        bool nulls[3] = {true, true, false};
        tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
    }
    return (Datum)0;
}

// ddm.who_can_unmask(relation): role, column, basis, why, path, until.
DDM_FUNCTION(ddm_who_can_unmask)
{
    InitMaterializedSRF(fcinfo, 0);
    auto *result = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    const RelationPolicy *policy = policy_active() ? policy_of(PG_GETARG_OID(0)) : nullptr;
    if (!policy)
        return (Datum)0;
    ListCell *cell;
    foreach (cell, all_roles())
        for (int attno = -1; (attno = bms_next_member(policy->masked, attno)) >= 0;)
            put_cleared(result, policy, static_cast<AttrNumber>(attno), lfirst_oid(cell));
    return (Datum)0;
}
