// Compare the conditions of two policies of one column; see condition_compare.h.
#include "pg/label/condition_compare.h"
#include "pg/base/tree.h"

extern "C" {
#include "optimizer/optimizer.h"
}

namespace ddm
{

static void add_conditions(const ColumnPolicy *column, Bitmapset **columns)
{
    const MaskChoice *choice = column ? column->choice : nullptr;

    if (!choice)
        return;
    add_conditions(choice->named, columns);
    pull_varattnos(choice->when, 1, columns);
    for (int i = 0; i < choice->branch_count; i++) {
        add_conditions(choice->branches[i].mask, columns);
        pull_varattnos(choice->branches[i].when, 1, columns);
    }
}

Bitmapset *conditions_columns(const ColumnPolicy *column)
{
    Bitmapset *columns = nullptr;

    add_conditions(column, &columns);
    return columns;
}

// Attributes of composite columns too.
static bool columns_walker(Node *node, void *context)
{
    auto **columns = static_cast<List **>(context);

    if (!node)
        return false;
    if (IsA(node, FieldSelect))
        *columns = lappend_int(*columns, reinterpret_cast<FieldSelect *>(node)->fieldnum);
    if (IsA(node, Var)) {
        *columns = lappend_int(*columns, reinterpret_cast<Var *>(node)->varattno);
        return false;
    }
    return walk_expression(node, columns_walker, context);
}

bool conditions_alike(Node *before, Node *now)
{
    List *columns_before = NIL, *columns_now = NIL;

    if (!now)
        return false;
    columns_walker(before, &columns_before);
    columns_walker(now, &columns_now);
    return equal(columns_before, columns_now);
}

enum class Conditions { All, OfNamedPolicies };

using ConditionTest = bool (*)(Node *before, Node *now); // nullptr where there is no condition

static const MaskChoice *choice_of(const ColumnPolicy *column)
{
    static const MaskChoice none = {};

    return column && column->choice ? column->choice : &none;
}

// Is the test true of two conditions that stand at the same place?
static bool any_pair(const ColumnPolicy *before, const ColumnPolicy *now, Conditions which, ConditionTest test)
{
    const MaskChoice *was = choice_of(before);
    const MaskChoice *is = choice_of(now);
    const bool all = which == Conditions::All;

    if (all && test(was->when, is->when))
        return true;
    if (was->named && is->named && any_pair(was->named, is->named, Conditions::All, test))
        return true;
    for (int i = 0; i < was->branch_count && i < is->branch_count; i++)
        if ((all && test(was->branches[i].when, is->branches[i].when)) ||
            any_pair(was->branches[i].mask, is->branches[i].mask, which, test))
            return true;
    return false;
}

static bool is_lost(Node *before, Node *now) { return before && !now; }

static bool asks_otherwise(Node *before, Node *now) { return now && !(before && conditions_alike(before, now)); }

bool conditions_lost(const ColumnPolicy *before, const ColumnPolicy *now)
{
    return any_pair(before, now, Conditions::All, is_lost);
}

bool conditions_of_named_lost(const ColumnPolicy *before, const ColumnPolicy *now)
{
    return any_pair(before, now, Conditions::OfNamedPolicies, is_lost);
}

bool conditions_moved(const ColumnPolicy *before, const ColumnPolicy *now)
{
    return any_pair(before, now, Conditions::All, asks_otherwise);
}

} // namespace ddm
