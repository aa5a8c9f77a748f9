// Which of the conditions on a range table entry are row security's, and which those of views.
//
// The rewriter puts both into one list and keeps no record. What it took from policies is asked for again.
#include "pg/base/row_security.h"

extern "C" {
#include "parser/parsetree.h"
#include "rewrite/rowsecurity.h"
}

namespace ddm
{

int row_security_quals(Query *query, int varno)
{
    RangeTblEntry *rte = rt_fetch(varno, query->rtable);
    List *quals = NIL;
    List *checks = NIL;
    bool has_row_security;
    bool has_sub_links;

    // Only a result relation takes over conditions of a view: elsewhere the view stays a sub-select.
    if (varno != query->resultRelation || rte->securityQuals == NIL)
        return list_length(rte->securityQuals);
    get_row_security_policies(query, rte, varno, &quals, &checks, &has_row_security, &has_sub_links);
    return Min(list_length(quals), list_length(rte->securityQuals));
}

bool is_row_security_check(const WithCheckOption *check)
{
    switch (static_cast<int>(check->kind)) {
    case WCO_RLS_INSERT_CHECK:
    case WCO_RLS_UPDATE_CHECK:
    case WCO_RLS_CONFLICT_CHECK:
    case WCO_RLS_MERGE_UPDATE_CHECK:
    case WCO_RLS_MERGE_DELETE_CHECK:
        return true;
    default:
        return false;
    }
}

} // namespace ddm
