// Which columns of relations with masks a query really reads.
#include "pg/rewrite/columns_read.h"
#include "pg/base/relation_mark.h"
#include "pg/base/tree.h"

extern "C" {
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
}

namespace ddm
{

// One query level, made when it is first looked into.
struct Level {
    Query *query;
    Level *outer;
    List **found;         // of ColumnsRead *, shared by all levels
    Bitmapset *outputs;   // of the select list: the resnos whose expressions were walked
    Level **from_queries; // by range table index, for sub-selects
    Level **with_queries; // by position in cteList
};

static bool read_expression(Node *node, void *context);
static void enter_level(Level *level);

static Level *make_level(Query *query, Level *outer, List **found)
{
    auto *level = zeroed<Level>();

    level->query = query;
    level->outer = outer;
    level->found = found;
    level->from_queries = zeroed<Level *>(list_length(query->rtable) + 1);
    level->with_queries = zeroed<Level *>(list_length(query->cteList) + 1);
    return level;
}

static void read_column(Level *level, const RangeTblEntry *rte, AttrNumber attno)
{
    ListCell *cell;

    if (attno < 0 || !is_maskable(rte) || relation_mark(rte).handled == Handled::Open)
        return;
    foreach (cell, *level->found) {
        auto *read = static_cast<ColumnsRead *>(lfirst(cell));

        if (read->relation == rte->relid) {
            read->columns = bms_add_member(read->columns, attno);
            return;
        }
    }
    const RelationPolicy *policy = policy_of(rte->relid);
    if (!policy)
        return;
    auto *read = zeroed<ColumnsRead>();
    read->relation = rte->relid;
    read->policy = policy;
    read->columns = bms_make_singleton(attno);
    *level->found = lappend(*level->found, read);
}

static void read_output(Level *level, int resno);

// The outputs of a set operation's branches that make up its column `resno`.
static void read_branches(Level *level, Node *operation, int resno)
{
    if (IsA(operation, RangeTblRef)) {
        read_output(level->from_queries[reinterpret_cast<RangeTblRef *>(operation)->rtindex], resno);
        return;
    }
    auto *set = castNode(SetOperationStmt, operation);
    read_branches(level, set->larg, resno);
    read_branches(level, set->rarg, resno);
}

static bool compares_rows(Node *operation)
{
    if (IsA(operation, RangeTblRef))
        return false;
    auto *set = castNode(SetOperationStmt, operation);
    return set->op != SETOP_UNION || !set->all || compares_rows(set->larg) || compares_rows(set->rarg);
}

static void read_output(Level *level, int resno)
{
    ListCell *cell;

    if (level->query->commandType != CMD_SELECT || bms_is_member(resno, level->outputs))
        return; // of a data-modifying WITH query RETURNING was walked as a whole
    level->outputs = bms_add_member(level->outputs, resno);
    if (level->query->setOperations) {
        read_branches(level, level->query->setOperations, resno);
        return;
    }
    foreach (cell, level->query->targetList) {
        auto *entry = lfirst_node(TargetEntry, cell);

        if (entry->resno == resno)
            read_expression(reinterpret_cast<Node *>(entry->expr), level);
    }
}

static void read_all_outputs(Level *level)
{
    ListCell *cell;

    foreach (cell, level->query->targetList)
        if (!lfirst_node(TargetEntry, cell)->resjunk)
            read_output(level, lfirst_node(TargetEntry, cell)->resno);
}

static void read_output_of(Level *level, AttrNumber attno)
{
    if (attno > 0)
        read_output(level, attno);
    else
        read_all_outputs(level);
}

static Level *with_query(Level *level, const RangeTblEntry *rte)
{
    Index up = rte->ctelevelsup;
    int position = 0;
    ListCell *cell;

    for (; up > 0 && level; up--)
        level = level->outer;
    if (!level)
        return nullptr;
    foreach (cell, level->query->cteList) {
        auto *cte = lfirst_node(CommonTableExpr, cell);

        if (strcmp(cte->ctename, rte->ctename) == 0) {
            if (!level->with_queries[position]) {
                level->with_queries[position] = make_level(castNode(Query, cte->ctequery), level, level->found);
                enter_level(level->with_queries[position]);
            }
            return level->with_queries[position];
        }
        position++;
    }
    return nullptr;
}

static void read_nth(Level *level, List *expressions, AttrNumber attno)
{
    if (attno > 0 && attno <= list_length(expressions))
        read_expression(static_cast<Node *>(list_nth(expressions, attno - 1)), level);
    else
        read_expression(reinterpret_cast<Node *>(expressions), level);
}

static void read_var(Level *level, const Var *var)
{
    for (Index up = var->varlevelsup; up > 0 && level; up--)
        level = level->outer;
    if (!level || var->varno <= 0 || static_cast<int>(var->varno) > list_length(level->query->rtable))
        return;
    RangeTblEntry *rte = rt_fetch(var->varno, level->query->rtable);

    switch (rte->rtekind) {
    case RTE_RELATION:
        read_column(level, rte, var->varattno);
        break;
    case RTE_SUBQUERY:
        if (level->from_queries[var->varno])
            read_output_of(level->from_queries[var->varno], var->varattno);
        break;
    case RTE_CTE:
        if (Level *cte = with_query(level, rte))
            read_output_of(cte, var->varattno);
        break;
    case RTE_JOIN:
        read_nth(level, rte->joinaliasvars, var->varattno);
        break;
#if DDM_HAS_GROUP_RTE
    case RTE_GROUP:
        read_nth(level, rte->groupexprs, var->varattno);
        break;
#endif
    default:
        break;
    }
}

static bool read_expression(Node *node, void *context)
{
    auto *level = static_cast<Level *>(context);

    if (!node)
        return false;
    if (IsA(node, Var)) {
        read_var(level, reinterpret_cast<Var *>(node));
        return false;
    }
    if (IsA(node, SubLink)) {
        auto *link = reinterpret_cast<SubLink *>(node);
        Level *inner = make_level(castNode(Query, link->subselect), level, level->found);

        read_expression(link->testexpr, level);
        enter_level(inner);
        if (link->subLinkType != EXISTS_SUBLINK)
            read_all_outputs(inner);
        return false;
    }
    return walk_expression(node, read_expression, context);
}

// Outputs that are computed whether or not anybody refers to them.
static bool is_always_computed(const TargetEntry *entry)
{
    auto *node = reinterpret_cast<Node *>(entry->expr);

    return entry->resjunk || entry->ressortgroupref != 0 || expression_returns_set(node) ||
           contain_volatile_functions(node);
}

// Makes the levels of all sub-selects first: a lateral one may be referred to by its sibling's expressions.
static void enter_range_table(Level *level)
{
    Index index = 0;
    ListCell *cell;

    foreach (cell, level->query->rtable) {
        auto *rte = lfirst_node(RangeTblEntry, cell);

        index++;
        if (rte->rtekind == RTE_SUBQUERY)
            level->from_queries[index] = make_level(rte->subquery, level, level->found);
    }
    for (index = 1; static_cast<int>(index) <= list_length(level->query->rtable); index++) {
        if (level->from_queries[index])
            enter_level(level->from_queries[index]);
        else if (rt_fetch(index, level->query->rtable)->rtekind == RTE_CTE)
            with_query(level, rt_fetch(index, level->query->rtable));
    }
}

static void enter_level(Level *level)
{
    Query *query = level->query;
    ListCell *cell;
    List *outputs = query->targetList;

    check_stack_depth();
    enter_range_table(level);
    foreach (cell, query->cteList) {
        auto *cte = lfirst_node(CommonTableExpr, cell);
        int position = foreach_current_index(cell);

        if (castNode(Query, cte->ctequery)->commandType != CMD_SELECT && !level->with_queries[position]) {
            level->with_queries[position] = make_level(castNode(Query, cte->ctequery), level, level->found);
            enter_level(level->with_queries[position]);
        }
    }
    if (query->commandType == CMD_SELECT)
        query->targetList = NIL;
    walk_level(query, read_expression, level);
    query->targetList = outputs;
    if (query->commandType != CMD_SELECT)
        return;
    foreach (cell, query->targetList)
        if (is_always_computed(lfirst_node(TargetEntry, cell)))
            read_output(level, lfirst_node(TargetEntry, cell)->resno);
    if (query->setOperations && compares_rows(query->setOperations))
        read_all_outputs(level);
}

List *columns_read(Query *query)
{
    List *found = NIL;
    Level *level = make_level(query, nullptr, &found);

    enter_level(level);
    read_all_outputs(level);
    return found;
}

} // namespace ddm
