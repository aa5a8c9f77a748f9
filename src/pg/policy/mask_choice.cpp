// Which mask of a label applies to a role and a row.
#include "pg/policy/mask_choice.h"
#include "pg/label/condition_names.h"
#include "pg/mask/mask_call.h"
#include "pg/mask/row_condition.h"
#include "pg/policy/roles.h"

extern "C" {
#include "lib/stringinfo.h"
#include "rewrite/rewriteManip.h"
}

namespace ddm
{

static bool branch_is_for(const MaskBranch *branch, Oid role)
{
    ListCell *cell;
    foreach (cell, branch->roles)
        if (holds_role(role, lfirst_oid(cell)))
            return true;
    return false;
}

static Expr *column_itself(const ColumnPolicy *column, Index varno)
{
    return reinterpret_cast<Expr *>(makeVar(static_cast<int>(varno), column->attno, column->target.type,
                                            column->target.typmod, column->target.collation, 0));
}

// CASE WHEN condition IS NOT FALSE THEN then ELSE otherwise END, of a type and collation.
static Expr *choose_of(Oid type, Oid collation, Node *when, Expr *then, Expr *otherwise, Index varno)
{
    BooleanTest *test = makeNode(BooleanTest);
    test->arg = static_cast<Expr *>(copyObjectImpl(when));
    test->booltesttype = IS_NOT_FALSE;
    test->location = -1;
    if (varno != 1)
        ChangeVarNodes(reinterpret_cast<Node *>(test), 1, static_cast<int>(varno), 0);

    CaseWhen *arm = makeNode(CaseWhen);
    arm->expr = reinterpret_cast<Expr *>(test);
    arm->result = then;
    arm->location = -1;
    CaseExpr *choice = makeNode(CaseExpr);
    choice->casetype = type;
    choice->casecollid = collation;
    choice->args = list_make1(arm);
    choice->defresult = otherwise;
    choice->location = -1;
    return reinterpret_cast<Expr *>(choice);
}

// The same of the column's type and typmod.
static Expr *choose(const ColumnPolicy *column, Node *when, Expr *then, Expr *otherwise, Index varno)
{
    const MaskTarget &target = column->target;
    Expr *choice = choose_of(target.type, target.collation, when, then, otherwise, varno);

    if (exprTypmod(reinterpret_cast<Node *>(choice)) == target.typmod)
        return choice;
    return reinterpret_cast<Expr *>(
        makeRelabelType(choice, target.type, target.typmod, target.collation, COERCE_IMPLICIT_CAST));
}

// Of a condition that can't be asked any more nobody knows what it would show: on a base mask it holds, and a branch shows
// default().
static bool can_be_asked(Node *when, const List *names)
{
    return row_condition_holds_trust(when) && condition_names_hold(names);
}

static bool shows_default(const MaskBranch *branch)
{
    return branch->when && !can_be_asked(branch->when, branch->when_names);
}

static Expr *default_expression(const ColumnPolicy *column, Index varno)
{
    return mask_apply_expression(mask_bind_default(column->target), column_itself(column, varno), column->target);
}

Expr *mask_choice_expression(const ColumnPolicy *column, Oid role, Index varno)
{
    const MaskChoice *choice = column->choice;
    if (!choice)
        return mask_plain_expression(column, varno);

    Expr *result =
        choice->named ? mask_choice_expression(choice->named, role, varno) : mask_plain_expression(column, varno);
    if (choice->when && can_be_asked(choice->when, choice->when_names))
        result = choose(column, choice->when, result, column_itself(column, varno), varno);
    // From the last to the first, so that the first stands outermost.
    for (int i = choice->branch_count - 1; i >= 0; i--) {
        const MaskBranch *branch = &choice->branches[i];
        if (!branch_is_for(branch, role))
            continue;
        if (shows_default(branch)) {
            result = default_expression(column, varno);
            continue;
        }
        Expr *mask = mask_choice_expression(branch->mask, role, varno);
        result = branch->when ? choose(column, branch->when, mask, result, varno) : mask;
    }
    return result;
}

static Expr *truth(bool value) { return reinterpret_cast<Expr *>(makeBoolConst(value, false)); }

static Expr *choose_truth(Node *when, Expr *then, Expr *otherwise, Index varno)
{
    if (!then && !otherwise)
        return nullptr;
    return choose_of(BOOLOID, InvalidOid, when, then ? then : truth(false), otherwise ? otherwise : truth(false),
                     varno);
}

Expr *mask_choice_shows(const ColumnPolicy *column, Oid role, Index varno)
{
    const MaskChoice *choice = column->choice;
    if (!choice)
        return column->strictness == 0 ? truth(true) : nullptr; // identity()

    Expr *result = choice->named ? mask_choice_shows(choice->named, role, varno) : nullptr;
    if (choice->when && can_be_asked(choice->when, choice->when_names))
        result = choose_truth(choice->when, result, truth(true), varno);
    for (int i = choice->branch_count - 1; i >= 0; i--) {
        const MaskBranch *branch = &choice->branches[i];
        if (!branch_is_for(branch, role))
            continue;
        if (shows_default(branch)) {
            result = nullptr;
            continue;
        }
        Expr *shown = mask_choice_shows(branch->mask, role, varno);
        result = branch->when ? choose_truth(branch->when, shown, result, varno) : shown;
    }
    return result;
}

char *mask_choice_text(const ColumnPolicy *column, Oid role)
{
    const MaskChoice *choice = column->choice;
    if (!choice)
        return pstrdup(column->text);

    StringInfoData text;
    initStringInfo(&text);
    for (int i = 0; i < choice->branch_count; i++) {
        const MaskBranch *branch = &choice->branches[i];
        if (!branch_is_for(branch, role))
            continue;
        appendStringInfoString(&text, branch->mask->text);
        if (!branch->when)
            return text.data;
        appendStringInfoString(&text, ", else ");
    }
    appendStringInfoString(&text, column->text);
    if (choice->named)
        appendStringInfo(&text, ": %s", mask_choice_text(choice->named, role));
    return text.data;
}

bool mask_choice_is_keyed(const ColumnPolicy *column)
{
    if (column->ref != (Datum)0 && mask_is_keyed(column->ref))
        return true;
    const MaskChoice *choice = column->choice;
    if (!choice)
        return false;
    for (int i = 0; i < choice->branch_count; i++)
        if (mask_choice_is_keyed(choice->branches[i].mask))
            return true;
    return choice->named && mask_choice_is_keyed(choice->named);
}

} // namespace ddm
