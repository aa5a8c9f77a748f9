// Arguments that a mask leaves out of a trusted function's call; see trusted_defaults.h.
#include "pg/mask/trusted_defaults.h"
#include "pg/base/tree.h"

extern "C" {
#include "catalog/pg_proc.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/syscache.h"
}

namespace ddm
{

static bool is_users(Oid function, void *) { return function >= FirstNormalObjectId; }

static bool users_walker(Node *node, void *context)
{
    return node && (check_functions_in_node(node, is_users, context) || walk_expression(node, users_walker, context));
}

List *default_arguments(HeapTuple function, int left_out)
{
    List *constants = NIL;
    bool null;
    Datum stored = SysCacheGetAttr(PROCOID, function, Anum_pg_proc_proargdefaults, &null);
    if (left_out == 0 || null)
        return NIL;
    auto *defaults = static_cast<List *>(stringToNode(TextDatumGetCString(stored)));
    for (int i = list_length(defaults) - left_out; i < list_length(defaults); i++) {
        auto *given = static_cast<Node *>(list_nth(defaults, i));
        Node *folded = users_walker(given, nullptr) ? nullptr : eval_const_expressions(nullptr, given);
        if (!folded || !IsA(folded, Const))
            break;
        constants = lappend(constants, folded);
    }
    return constants;
}

} // namespace ddm
