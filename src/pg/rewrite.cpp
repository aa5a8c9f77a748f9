// Query rewriting: the walk over a query and all that is nested in it.
//
// Three passes. The first finds out whether there is anything to do: it looks every relation up, once, and
// inlines what the planner would inline. The second works out which columns are really read, for the audit
// trail. The third replaces. A statement over no relation with masks ends with the first and allocates
// nothing.
#include "pg/rewrite.h"
#include "pg/columns_read.h"
#include "pg/foreign_key.h"
#include "pg/masked_columns.h"
#include "pg/relation_mark.h"
#include "pg/rewrite_read.h"
#include "pg/rewrite_result.h"
#include "pg/rewrite_target.h"
#include "pg/tree.h"

extern "C" {
#include "parser/parsetree.h"
}

namespace ddm
{

// First pass.

struct Search {
    ParamListInfo bound;
    InlinedFunctions inlined;
    bool found; // a relation with masks
};

static void search_query(Query *query, Search *search);

static bool search_expression(Node *node, void *context)
{
    if (!node)
        return false;
    if (IsA(node, Query)) {
        search_query(reinterpret_cast<Query *>(node), static_cast<Search *>(context));
        return false;
    }
    return walk_expression(node, search_expression, context);
}

static void search_relation(RangeTblEntry *rte, Search *search)
{
    if (!is_maskable(rte))
        return;
    if (policy_of(rte->relid))
        search->found = true;
    else
        mark_relation(rte, Handled::Open);
}

static void search_query(Query *query, Search *search)
{
    ListCell *cell;

    check_stack_depth();
    inline_functions(query, search->bound, &search->inlined);
    foreach (cell, query->rtable) {
        auto *rte = lfirst_node(RangeTblEntry, cell);

        if (rte->rtekind == RTE_RELATION)
            search_relation(rte, search);
        else if (rte->rtekind == RTE_SUBQUERY)
            search_query(rte->subquery, search);
    }
    foreach (cell, query->cteList)
        search_query(castNode(Query, lfirst_node(CommonTableExpr, cell)->ctequery), search);
    if (query->hasSubLinks)
        walk_query(query, search_expression, search, QTW_IGNORE_RC_SUBQUERIES);
}

// Third pass.

static void replace_in_query(Query *query, Oid role);

static bool replace_in_expression(Node *node, void *context)
{
    if (!node)
        return false;
    if (IsA(node, Query)) {
        replace_in_query(reinterpret_cast<Query *>(node), *static_cast<Oid *>(context));
        return false;
    }
    return walk_expression(node, replace_in_expression, context);
}

static Oid owner_of(Oid relation)
{
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple))
        ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE),
                errmsg("relation with OID %u does not exist", relation));
    Oid owner = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner;
    ReleaseSysCache(tuple);
    return owner;
}

// Row security is the table owner's code: on the row itself it sees stored values, and in its sub-selects
// what the owner would see. (Otherwise a policy on a table of one's own would be a way to ask about others'
// masks.)
static void replace_in_row_security(Query *query)
{
    ListCell *cell;

    foreach (cell, query->rtable) {
        auto *rte = lfirst_node(RangeTblEntry, cell);

        if (rte->rtekind != RTE_RELATION || rte->securityQuals == NIL)
            continue;
        Oid owner = owner_of(rte->relid);
        replace_in_expression(reinterpret_cast<Node *>(rte->securityQuals), &owner);
    }
    if (query->withCheckOptions != NIL) {
        Oid owner = owner_of(rt_fetch(query->resultRelation, query->rtable)->relid);
        replace_in_expression(reinterpret_cast<Node *>(query->withCheckOptions), &owner);
    }
}

// The relations in FROM: an entry of the range table that is in no FROM is not read.
static void replace_in_from(Query *query, Node *from, Oid role)
{
    ListCell *cell;

    if (!from)
        return;
    if (IsA(from, FromExpr)) {
        foreach (cell, reinterpret_cast<FromExpr *>(from)->fromlist)
            replace_in_from(query, static_cast<Node *>(lfirst(cell)), role);
    } else if (IsA(from, JoinExpr)) {
        replace_in_from(query, reinterpret_cast<JoinExpr *>(from)->larg, role);
        replace_in_from(query, reinterpret_cast<JoinExpr *>(from)->rarg, role);
    } else if (IsA(from, RangeTblRef)) {
        const int varno = reinterpret_cast<RangeTblRef *>(from)->rtindex;
        RangeTblEntry *rte = rt_fetch(varno, query->rtable);
        MaskedColumns columns;

        if (varno == query->resultRelation || !is_maskable(rte) ||
            relation_mark(rte).handled != Handled::None)
            return;
        if (masked_columns(rte->relid, role, &columns) && columns.masked)
            read_through_masks(query, static_cast<Index>(varno), &columns);
        else
            mark_relation(rte, Handled::Read);
    }
}

static void replace_target(Query *query, Oid role)
{
    MaskedColumns columns;

    if (query->resultRelation == 0)
        return;
    RangeTblEntry *rte = rt_fetch(query->resultRelation, query->rtable);
    if (!is_maskable(rte) || relation_mark(rte).handled != Handled::None)
        return;
    if (masked_columns(rte->relid, role, &columns) && columns.masked)
        mask_target(query, &columns);
    mark_relation(rte, Handled::Target);
}

static void mark_rest(Query *query, Handled handled)
{
    ListCell *cell;

    foreach (cell, query->rtable) {
        auto *rte = lfirst_node(RangeTblEntry, cell);

        if (is_maskable(rte) && relation_mark(rte).handled == Handled::None)
            mark_relation(rte, handled);
    }
}

static void replace_in_query(Query *query, Oid role)
{
    ListCell *cell;

    check_stack_depth();
    replace_target(query, role);
    foreach (cell, query->rtable) {
        auto *rte = lfirst_node(RangeTblEntry, cell);

        if (rte->rtekind == RTE_SUBQUERY)
            replace_in_query(rte->subquery, role);
    }
    foreach (cell, query->cteList)
        replace_in_query(castNode(Query, lfirst_node(CommonTableExpr, cell)->ctequery), role);
    if (query->hasSubLinks) {
        walk_level(query, replace_in_expression, &role);
        walk_join_aliases(query, replace_in_expression, &role);
        replace_in_row_security(query);
    }
    replace_in_from(query, reinterpret_cast<Node *>(query->jointree), role);
    mark_rest(query, Handled::Unread);
}

static void trust_query(Query *query)
{
    ListCell *cell;

    mark_rest(query, Handled::Trusted);
    foreach (cell, query->rtable)
        if (lfirst_node(RangeTblEntry, cell)->rtekind == RTE_SUBQUERY)
            trust_query(lfirst_node(RangeTblEntry, cell)->subquery);
}

RewriteResult *rewrite_query(Query *query, int cursor_options, ParamListInfo bound_params)
{
    const uint64 generation = policy_generation();
    Search search = {bound_params, {}, false};

    (void)cursor_options;
    search_query(query, &search);
    if (!search.found && search.inlined.inval_items == NIL && !search.inlined.depends_on_role)
        return nullptr;

    auto *result = zeroed<RewriteResult>();
    result->generation = generation;
    result->context = decision_context();
    result->role = GetUserId();
    result->inlined = search.inlined;
    if (!search.found)
        return result;
    if (is_foreign_key_query(query)) {
        trust_query(query);
        return result;
    }
    result->columns = columns_read(query);
    replace_in_query(query, result->role);
    return result;
}

} // namespace ddm
