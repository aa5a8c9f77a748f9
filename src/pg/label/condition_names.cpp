// What a condition's constants name is asked of the text as the grammar gives it: a policy's and a rule's is of no relation.
#include "pg/label/condition_names.h"
#include "pg/base/tree.h"
#include "pg/label/role_names.h"
#include "pg/mask/row_condition.h"

namespace ddm
{

struct Names {
    bool asks; // who it is
    List *strings;
};

static const char *function_name(const FuncCall *call) { return strVal(llast(call->funcname)); }

static bool asks_who(const SQLValueFunction *value)
{
    switch (value->op) {
    case SVFOP_CURRENT_ROLE:
    case SVFOP_CURRENT_USER:
    case SVFOP_USER:
    case SVFOP_SESSION_USER:
        return true;
    default:
        return false;
    }
}

// An array's text too: '{boss, "the chief"}'.
static void add_string(Names *names, const char *string)
{
    static const char *const around = "{},\"";

    names->strings = lappend(names->strings, pstrdup(string));
    if (string[0] != '{')
        return;
    char *rest = pstrdup(string);
    for (char *part = strtok(rest, around); part; part = strtok(nullptr, around))
        names->strings = lappend(names->strings, part + strspn(part, " "));
}

static void add_constant(Names *names, A_Const *constant)
{
    if (constant->isnull)
        return;
    if (nodeTag(&constant->val) == T_String)
        add_string(names, strVal(&constant->val));
    else if (nodeTag(&constant->val) == T_Integer || nodeTag(&constant->val) == T_Float) { // pg_has_role(16385, ...)
        const Oid role = nodeTag(&constant->val) == T_Integer
                             ? static_cast<Oid>(intVal(&constant->val))
                             : static_cast<Oid>(strtoul(castNode(Float, &constant->val)->fval, nullptr, 10));
        if (const char *name = GetUserNameFromId(role, true))
            add_string(names, name);
    }
}

static bool find_names(Node *node, void *context)
{
    auto *names = static_cast<Names *>(context);

    if (!node)
        return false;
    if (IsA(node, SQLValueFunction))
        names->asks = names->asks || asks_who(reinterpret_cast<SQLValueFunction *>(node));
    if (IsA(node, A_Const))
        add_constant(names, reinterpret_cast<A_Const *>(node));
    if (IsA(node, FuncCall)) {
        auto *call = reinterpret_cast<FuncCall *>(node);
        const char *name = function_name(call);
        const bool has = strcmp(name, "pg_has_role") == 0 || strncmp(name, "has_", 4) == 0;
        names->asks = names->asks || has || strcmp(name, "getpgusername") == 0;
        if (has) { // the last argument is a privilege
            for (int i = 0; i + 1 < list_length(call->args); i++)
                find_names(static_cast<Node *>(list_nth(call->args, i)), context);
            return false;
        }
    }
    return walk_raw(node, find_names, context);
}

static List *strings_in(const char *text)
{
    Names names = {false, NIL};

    find_names(row_condition_raw(text), &names);
    return names.asks ? names.strings : NIL;
}

List *condition_role_names(const char *text)
{
    List *found = NIL;
    ListCell *cell;

    foreach (cell, strings_in(text))
        if (OidIsValid(get_role_oid(static_cast<char *>(lfirst(cell)), true)))
            found = lappend(found, lfirst(cell));
    return found;
}

struct BoundName {
    const char *name;
    Oid role; // InvalidOid: nobody was meant
};

List *condition_names_bind(const char *text)
{
    List *bound = NIL;
    ListCell *cell;

    foreach (cell, strings_in(text)) {
        auto *name = zeroed<BoundName>();
        name->name = static_cast<char *>(lfirst(cell));
        name->role = named_role_kept(name->name);
        bound = lappend(bound, name);
    }
    return bound;
}

bool condition_names_hold(const List *names)
{
    ListCell *cell;

    foreach (cell, names) {
        const auto *name = static_cast<BoundName *>(lfirst(cell));
        const Oid role = get_role_oid(name->name, true);
        if (OidIsValid(role) && role != name->role)
            return false;
    }
    return true;
}

} // namespace ddm
