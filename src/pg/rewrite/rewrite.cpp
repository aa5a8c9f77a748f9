// Query rewriting: the walk over a query and all that is nested in it.
//
// Three passes. The first finds out whether there is anything to do: it looks every relation up, once, and
// inlines what the planner would inline. The second works out which columns are really read, for the audit
// trail. The third replaces. A statement over no relation with masks ends with the first and allocates
// nothing.
#include "pg/rewrite/rewrite.h"
#include "pg/base/relation_mark.h"
#include "pg/base/row_security.h"
#include "pg/base/tree.h"
#include "pg/debug_settings.h"
#include "pg/guard/condition_guard.h"
#include "pg/guard/hot_counters.h"
#include "pg/policy/masked_columns.h"
#include "pg/policy/roles.h"
#include "pg/rewrite/assignment.h"
#include "pg/rewrite/catalog_values.h"
#include "pg/rewrite/columns_read.h"
#include "pg/rewrite/foreign_key.h"
#include "pg/rewrite/rewrite_read.h"
#include "pg/rewrite/rewrite_references.h"
#include "pg/rewrite/rewrite_result.h"
#include "pg/rewrite/searchable.h"
#include "pg/rewrite/stats.h"

extern "C" {
#include "catalog/pg_class.h"
#include "parser/parsetree.h"
}

namespace ddm
{

// First pass.

struct MaskSearch {
    ParamListInfo bound;
    InlinedFunctions inlined;
    bool found; // a relation with masks
};

static void search_query(Query *query, MaskSearch *search);

static bool search_expression(Node *node, void *context)
{
    if (!node)
        return false;
    if (IsA(node, Query)) {
        search_query(reinterpret_cast<Query *>(node), static_cast<MaskSearch *>(context));
        return false;
    }
    return walk_expression(node, search_expression, context);
}

static void search_relation(RangeTblEntry *rte, MaskSearch *search)
{
    if (!is_maskable(rte))
        return;
    if (policy_of(rte->relid))
        search->found = !debug_skips(rte->relid) || search->found;
    else
        mark_relation(rte, Handled::Open);
}

static void search_query(Query *query, MaskSearch *search)
{
    bool reads_pg_class = false;
    bool watch = false;
    bool inlined = false;
    ListCell *cell;

    check_stack_depth();
    foreach (cell, query->rtable) {
        auto *rte = lfirst_node(RangeTblEntry, cell);

        if (rte->rtekind == RTE_FUNCTION && !inlined) { // all of this level's, this entry as well
            inline_functions(query, search->bound, &search->inlined);
            inlined = true;
        }
        if (rte->rtekind == RTE_RELATION && rte->relid < FirstNormalObjectId) {
            hide_statistics(rte, static_cast<Index>(foreach_current_index(cell) + 1));
            reads_pg_class |= rte->relid == RelationRelationId;
            watch |= reads_values(query, rte);
        } else if (rte->rtekind == RTE_RELATION) {
            search_relation(rte, search);
        } else if (rte->rtekind == RTE_SUBQUERY) {
            search_query(rte->subquery, search);
        }
    }
    if (reads_pg_class)
        hide_hot_counters(query);
    if (watch)
        watch_values(query);
    foreach (cell, query->cteList)
        search_query(castNode(Query, lfirst_node(CommonTableExpr, cell)->ctequery), search);
    if (query->hasSubLinks)
        walk_query(query, search_expression, search, QTW_IGNORE_RC_SUBQUERIES);
}

// Third pass. What it finds searched by stored values, gathered for the plan's notes; nothing else is planned
// while it runs.
static List *probes_found = NIL;

// Something lateral refers to a masked column: found by the same pass.
static bool lateral_found = false;

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

// Row security is the table owner's code: on the row itself it sees stored values, and in its sub-selects
// what the owner would see. (Otherwise a policy on a table of one's own would be a way to ask about others'
// masks.) Conditions and checks of views, in the same lists, are no row security.
static void replace_in_row_security(Query *query, Oid role)
{
    int varno = 0;
    ListCell *cell;
    ListCell *qual;

    foreach (cell, query->rtable) {
        auto *rte = lfirst_node(RangeTblEntry, cell);

        varno++;
        if (rte->rtekind != RTE_RELATION || rte->securityQuals == NIL)
            continue;
        Oid owner = relation_owner(rte->relid);
        const int of_policies = row_security_quals(query, varno);
        foreach (qual, rte->securityQuals)
            replace_in_expression(static_cast<Node *>(lfirst(qual)),
                                  foreach_current_index(qual) < of_policies ? &owner : &role);
    }
    foreach (cell, query->withCheckOptions) {
        auto *check = lfirst_node(WithCheckOption, cell);
        Oid owner = relation_owner(rt_fetch(query->resultRelation, query->rtable)->relid);

        replace_in_expression(check->qual, is_row_security_check(check) ? &owner : &role);
    }
}

// The relations with masks of one query level: what the role sees of each, by range table index.
struct LevelMasks {
    Query *query;
    Oid role;
    MaskedColumns **references; // to be masked reference by reference
    MaskedColumns **selects;    // to become sub-selects
    MaskedColumns **searched;   // those of both whose rows no outer join makes NULL
    bool any_reference;
    bool any_select;
};

static void add_relation(LevelMasks *level, int varno, bool nullable)
{
    RangeTblEntry *rte = rt_fetch(varno, level->query->rtable);
    const bool is_target = varno == level->query->resultRelation;
    auto *columns = zeroed<MaskedColumns>();

    if (!is_maskable(rte) || relation_mark(rte).handled != Handled::None || debug_skips(rte->relid))
        return;
    const Handled read = level->role == deciding_role() ? Handled::Read : Handled::Policy;
    mark_relation(rte, is_target ? Handled::Target : read);
    if (!masked_columns(rte->relid, level->role, columns) || !columns->masked)
        return;
    if (is_target || (!nullable && can_mask_references(level->query, columns))) {
        level->references[varno] = columns;
        level->any_reference = true;
    } else {
        level->selects[varno] = columns;
        level->any_select = true;
    }
    if (!nullable)
        level->searched[varno] = columns;
}

// The relations in FROM: an entry of the range table that is in no FROM is not read. `nullable` says that an
// outer join may put NULLs in place of the row.
static void add_from(LevelMasks *level, Node *from, bool nullable)
{
    ListCell *cell;

    if (!from)
        return;
    if (IsA(from, FromExpr)) {
        foreach (cell, reinterpret_cast<FromExpr *>(from)->fromlist)
            add_from(level, static_cast<Node *>(lfirst(cell)), nullable);
    } else if (IsA(from, JoinExpr)) {
        auto *join = reinterpret_cast<JoinExpr *>(from);

        add_from(level, join->larg, nullable || join->jointype == JOIN_RIGHT || join->jointype == JOIN_FULL);
        add_from(level, join->rarg, nullable || join->jointype == JOIN_LEFT || join->jointype == JOIN_FULL);
    } else if (IsA(from, RangeTblRef)) {
        add_relation(level, reinterpret_cast<RangeTblRef *>(from)->rtindex, nullable);
    }
}

static bool has_unhandled_relation(const Query *query)
{
    ListCell *cell;

    foreach (cell, query->rtable) {
        const auto *rte = lfirst_node(RangeTblEntry, cell);

        if (is_maskable(rte) && relation_mark(rte).handled == Handled::None)
            return true;
    }
    return false;
}

static LevelMasks collect_masks(Query *query, Oid role)
{
    LevelMasks level = {query, role, nullptr, nullptr, nullptr, false, false};

    if (!has_unhandled_relation(query))
        return level;
    level.references = zeroed<MaskedColumns *>(list_length(query->rtable) + 1);
    level.selects = zeroed<MaskedColumns *>(list_length(query->rtable) + 1);
    level.searched = zeroed<MaskedColumns *>(list_length(query->rtable) + 1);
    if (query->resultRelation != 0)
        add_relation(&level, query->resultRelation, false);
    add_from(&level, reinterpret_cast<Node *>(query->jointree), false);
    return level;
}

static void mark_rest(Query *query, Handled handled)
{
    ListCell *cell;

    foreach (cell, query->rtable) {
        auto *rte = lfirst_node(RangeTblEntry, cell);

        if (is_maskable(rte) && relation_mark(rte).handled == Handled::None && !debug_skips(rte->relid))
            mark_relation(rte, handled);
    }
}

// A relation becomes a sub-select; what searches it goes inside.
static void read_through(Query *query, int varno, const MaskedColumns *columns, List *searching)
{
    read_through_masks(query, static_cast<Index>(varno), columns);
    search_put_back(rt_fetch(varno, query->rtable)->subquery, searching, static_cast<Index>(varno), 1);
}

static void replace_in_query(Query *query, Oid role)
{
    List *searching = NIL;
    ListCell *cell;

    check_stack_depth();
    const bool own_eyes = role == deciding_role(); // nobody's row security searches
    if (own_eyes)
        search_through_views(query, role);
    const LevelMasks level = collect_masks(query, role);
    if (own_eyes && (level.any_reference || level.any_select))
        searching = search_take_out(query, level.searched, &probes_found);
    lateral_found = lateral_found || (level.any_reference && lateral_reads_masks(query, level.references)) ||
                    (level.any_select && lateral_reads_masks(query, level.selects));
    if (level.any_reference) {
        mask_references(query, level.references);
        for (int varno = 1; varno <= list_length(query->rtable); varno++)
            if (level.references[varno])
                search_put_back(query, searching, static_cast<Index>(varno), static_cast<Index>(varno));
    }
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
        replace_in_row_security(query, role);
    }
    if (level.any_select)
        for (int varno = 1; varno <= list_length(query->rtable); varno++)
            if (level.selects[varno])
                read_through(query, varno, level.selects[varno], searching);
    mark_rest(query, Handled::Unread);
}

// A query, and those below it.
static bool trust(Node *node, void *)
{
    if (!node)
        return false;
    if (!IsA(node, Query))
        return walk_expression(node, trust, nullptr);
    auto *query = reinterpret_cast<Query *>(node);
    mark_rest(query, Handled::Trusted);
    return walk_query(query, trust, nullptr, 0);
}

[[gnu::noinline]] static RewriteResult *rewrite_found(Query *query, const MaskSearch &search, uint64 generation)
{
    auto *result = zeroed<RewriteResult>();
    result->generation = generation;
    result->context = decision_context();
    result->role = deciding_role();
    result->inlined = search.inlined;
    if (!search.found)
        return result;
    if (is_foreign_key_query(query)) {
        result->role = GetUserId(); // whoever set it off
        trust(reinterpret_cast<Node *>(query), nullptr);
        result->action = foreign_key_assigns(query);
        return result;
    }
    result->columns = columns_read(query);
    probes_found = NIL;
    (void)assignments_looked_at();
    conditions_guarded_anew();
    lateral_found = false;
    replace_in_query(query, result->role);
    result->probes = probes_found;
    result->assigns = assignments_looked_at();
    result->lateral_masks = lateral_found;
    return result;
}

RewriteResult *rewrite_query(Query *query, uint64 generation, ParamListInfo bound_params)
{
    MaskSearch search = {bound_params, {}, false};

    search_query(query, &search);
    if (!search.found && search.inlined.inval_items == NIL && !search.inlined.depends_on_role)
        return nullptr;
    return rewrite_found(query, search, generation);
}

bool keys_on_stored_values(const RewriteResult *result) { return result->lateral_masks && !debug_masks_everything(); }

} // namespace ddm
