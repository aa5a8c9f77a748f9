#include "pg/missing_values.h"
#include "pg/masked_columns.h"
#include "pg/own_function.h"
#include "pg/rewrite_read.h"
#include "pg/tree.h"

extern "C" {
#include "catalog/pg_attribute.h"
#include "parser/parsetree.h"
}

namespace ddm
{

struct Reference {
    const Query *query;
    Index varno;
    int depth;
};

static bool is_referred_to(Node *node, void *context)
{
    auto *to = static_cast<Reference *>(context);

    if (!node)
        return false;
    if (IsA(node, Query)) {
        to->depth++;
        const bool found = walk_query(reinterpret_cast<Query *>(node), is_referred_to, context, QTW_IGNORE_JOINALIASES);
        to->depth--;
        return found;
    }
    if (!IsA(node, Var))
        return walk_expression(node, is_referred_to, context);
    const auto *var = reinterpret_cast<Var *>(node);
    if (static_cast<int>(var->varlevelsup) != to->depth)
        return false;
    if (static_cast<Index>(var->varno) == to->varno)
        return var->varattno == InvalidAttrNumber || var->varattno == Anum_pg_attribute_attmissingval;
    const RangeTblEntry *rte = rt_fetch(static_cast<Index>(var->varno), to->query->rtable);
    if (rte->rtekind != RTE_JOIN)
        return false;
    Reference below = {to->query, to->varno, 0};
    auto *aliases = reinterpret_cast<Node *>(rte->joinaliasvars);
    return is_referred_to(
        var->varattno > 0 ? static_cast<Node *>(list_nth(rte->joinaliasvars, var->varattno - 1)) : aliases, &below);
}

void hide_missing_values(Query *query)
{
    const MaskedColumns columns = {AttributeRelationId, nullptr, nullptr, InvalidOid};

    for (int varno = 1; varno <= list_length(query->rtable); varno++) {
        const RangeTblEntry *rte = rt_fetch(varno, query->rtable);
        Reference to = {query, static_cast<Index>(varno), 0};
        if (rte->rtekind == RTE_RELATION && rte->relid == AttributeRelationId && varno != query->resultRelation &&
            walk_query(query, is_referred_to, &to, QTW_IGNORE_JOINALIASES))
            read_through_masks(query, static_cast<Index>(varno), &columns);
    }
}

Expr *missing_value_as_seen(Index varno)
{
    const Oid types[2] = {OIDOID, INT2OID};
    CaseWhen *shown = makeNode(CaseWhen);
    CaseExpr *result = makeNode(CaseExpr);

    shown->expr = reinterpret_cast<Expr *>(
        makeFuncExpr(own_function("statistics_visible", 2, types), BOOLOID,
                     list_make2(makeVar(varno, Anum_pg_attribute_attrelid, OIDOID, -1, InvalidOid, 0),
                                makeVar(varno, Anum_pg_attribute_attnum, INT2OID, -1, InvalidOid, 0)),
                     InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL));
    shown->result =
        reinterpret_cast<Expr *>(makeVar(varno, Anum_pg_attribute_attmissingval, ANYARRAYOID, -1, InvalidOid, 0));
    shown->location = -1;
    result->casetype = ANYARRAYOID;
    result->casecollid = InvalidOid;
    result->args = list_make1(shown);
    result->defresult = reinterpret_cast<Expr *>(makeNullConst(ANYARRAYOID, -1, InvalidOid));
    result->location = -1;
    return reinterpret_cast<Expr *>(result);
}

} // namespace ddm
