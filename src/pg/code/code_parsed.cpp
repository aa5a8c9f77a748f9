// The words of a function's source (code_names.cpp) are looked up when it starts. What it finds later, because somebody
// whom it calls has set another search_path or because it was made meanwhile, stands in each of its statements as soon as
// that is analyzed.
#include "pg/code/code_parsed.h"
#include "pg/base/source_words.h"
#include "pg/base/tree.h"
#include "pg/code/code_names.h"
#include "pg/code/stored_code.h"
#include "pg/code/strangers.h"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "parser/analyze.h"
#include "tcop/utility.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
}

namespace ddm
{

static post_parse_analyze_hook_type prev_post_parse_analyze = nullptr;

struct Statement {
    const CodeFinding *finding;
    const char *source;
};

static void check_operator(Oid op, const CodeFinding *finding)
{
    HeapTuple tuple = op < FirstNormalObjectId ? nullptr : SearchSysCache1(OPEROID, ObjectIdGetDatum(op));

    if (!HeapTupleIsValid(tuple))
        return;
    const auto row = *reinterpret_cast<Form_pg_operator>(GETSTRUCT(tuple));
    ReleaseSysCache(tuple);
    if (OperatorIsVisible(op) && strangers_create(row.oprnamespace, finding))
        check_found("operator", NameStr(row.oprname), row.oprowner, finding);
}

static bool has_word(const char *source, const char *word)
{
    ListCell *cell;

    foreach (cell, words_of(source))
        if (strcmp(static_cast<const char *>(lfirst(cell)), word) == 0)
            return true;
    return false;
}

// Of a column that a value is assigned to the statement says nothing.
static void check_type(Oid type, const Statement *statement)
{
    const Oid element = get_element_type(type);
    const Oid named = OidIsValid(element) ? element : type;
    HeapTuple tuple = named < FirstNormalObjectId ? nullptr : SearchSysCache1(TYPEOID, ObjectIdGetDatum(named));

    if (!HeapTupleIsValid(tuple))
        return;
    const auto row = *reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple));
    ReleaseSysCache(tuple);
    if (TypeIsVisible(named) && strangers_create(row.typnamespace, statement->finding) &&
        has_word(statement->source, NameStr(row.typname)))
        check_found("type", NameStr(row.typname), row.typowner, statement->finding);
}

static void check_types(const List *types, const Statement *statement)
{
    ListCell *cell;

    foreach (cell, types)
        check_type(lfirst_oid(cell), statement);
}

static void check_operators(const List *operators, const Statement *statement)
{
    ListCell *cell;

    foreach (cell, operators)
        check_operator(lfirst_oid(cell), statement->finding);
}

static void check_constant(const Const *constant, const Statement *statement)
{
    if (constant->consttype == REGCLASSOID && !constant->constisnull)
        check_relation_found(DatumGetObjectId(constant->constvalue), statement->finding);
}

static void check_node(Node *node, const Statement *statement)
{
    switch (nodeTag(node)) {
    case T_OpExpr:
    case T_DistinctExpr:
    case T_NullIfExpr:
        return check_operator(reinterpret_cast<OpExpr *>(node)->opno, statement->finding);
    case T_ScalarArrayOpExpr:
        return check_operator(reinterpret_cast<ScalarArrayOpExpr *>(node)->opno, statement->finding);
    case T_RowCompareExpr:
        return check_operators(reinterpret_cast<RowCompareExpr *>(node)->opnos, statement);
    case T_RangeTblFunction:
        return check_types(reinterpret_cast<RangeTblFunction *>(node)->funccoltypes, statement);
    case T_TableFunc:
        return check_types(reinterpret_cast<TableFunc *>(node)->coltypes, statement);
    case T_Const:
        return check_constant(reinterpret_cast<Const *>(node), statement);
    case T_CoerceToDomain:
    case T_CoerceViaIO:
    case T_FuncExpr:
    case T_RowExpr:
        return check_type(exprType(node), statement);
    default:
        if (DDM_IS_JSON_EXPRESSION(node))
            check_type(exprType(node), statement);
    }
}

static bool check_tree(Node *node, void *statement)
{
    if (!node)
        return false;
    if (IsA(node, Query))
        return walk_query(reinterpret_cast<Query *>(node), check_tree, statement, 0);
    check_node(node, static_cast<const Statement *>(statement));
    return walk_expression(node, check_tree, statement);
}

static Node *tree_of(Query *query)
{
    Node *const utility = query->utilityStmt;

    if (!utility)
        return reinterpret_cast<Node *>(query);
    return IsA(utility, CallStmt) ? reinterpret_cast<Node *>(reinterpret_cast<CallStmt *>(utility)->funcexpr)
                                  : reinterpret_cast<Node *>(UtilityContainsQuery(utility));
}

static void next_parsed(ParseState *state, Query *query, JumbleState *jumble)
{
    if (prev_post_parse_analyze)
        prev_post_parse_analyze(state, query, jumble);
}

[[gnu::noinline]] static void parsed_in_code(ParseState *state, Query *query, JumbleState *jumble)
{
    Statement statement = {stored_code_running->finding, state->p_sourcetext};

    if (statement.finding)
        check_tree(tree_of(query), &statement);
    next_parsed(state, query, jumble);
}

static void parsed(ParseState *state, Query *query, JumbleState *jumble)
{
    if (unlikely(stored_code_running != nullptr))
        parsed_in_code(state, query, jumble);
    else
        next_parsed(state, query, jumble);
}

void code_parsed_install()
{
    prev_post_parse_analyze = post_parse_analyze_hook;
    post_parse_analyze_hook = parsed;
}

} // namespace ddm
