// Which columns a statement may not have the server read for whoever runs it.
#include "pg/policy/hidden_columns.h"
#include "pg/audit/audit.h"
#include "pg/base/tree.h"
#include "pg/debug_settings.h"
#include "pg/errors/errors.h"
#include "pg/policy/masked_columns.h"
#include "pg/policy/policy.h"

extern "C" {
#include "catalog/pg_inherits.h"
}

namespace ddm
{

// Of a statement that the server runs as the table's owner (CREATE INDEX) the role that asked for it counts.
static Oid asking_role()
{
    const ErrorFrame *frame = errors_innermost_frame();
    return frame ? frame->role : GetUserId();
}

static void add_names(HiddenColumns *hidden, Oid relation)
{
    MaskedColumns columns;
    int attno = -1;

    if (debug_masks_everything() || !masked_columns(relation, asking_role(), &columns))
        return;
    const Bitmapset *all = policy_masked_columns(columns.policy);
    while ((attno = bms_next_member(all, attno)) >= 0) {
        char *name = get_attname(relation, static_cast<AttrNumber>(attno), true);
        List **names = bms_is_member(attno, columns.masked) ? &hidden->names : &hidden->clear;
        if (name) // or dropped meanwhile
            *names = lappend(*names, name);
    }
}

HiddenColumns hidden_columns_of(Oid relation, bool (*is_exempt)(Oid relation))
{
    HiddenColumns hidden = {relation, get_rel_name(relation), NIL, NIL, InvalidOid};
    ListCell *cell;

    if (!policy_active() || !hidden.relation_name)
        return hidden;
    List *members = has_subclass(relation) ? find_all_inheritors(relation, NoLock, nullptr) : list_make1_oid(relation);
    foreach (cell, members)
        if (!is_exempt || !is_exempt(lfirst_oid(cell)))
            add_names(&hidden, lfirst_oid(cell));
    return hidden;
}

HiddenColumns hidden_columns(RangeVar *relation, LOCKMODE lock, RangeVarGetRelidCallback callback)
{
    const Oid oid =
        policy_active() ? RangeVarGetRelidExtended(relation, lock, RVR_MISSING_OK, callback, nullptr) : InvalidOid;

    if (!OidIsValid(oid))
        return {InvalidOid, nullptr, NIL, NIL};
    relation->schemaname = get_namespace_name(get_rel_namespace(oid));
    return hidden_columns_of(oid);
}

static bool is_one_of(const List *names, const char *name)
{
    ListCell *cell;

    foreach (cell, names)
        if (strcmp(static_cast<char *>(lfirst(cell)), name) == 0)
            return true;
    return false;
}

bool is_hidden_name(const HiddenColumns *hidden, const char *name) { return is_one_of(hidden->names, name); }

bool is_clear_name(const HiddenColumns *hidden, const char *name) { return is_one_of(hidden->clear, name); }

struct HiddenSearch {
    const HiddenColumns *hidden;
    const char *found;
};

static bool find_named(Node *node, void *context)
{
    auto *search = static_cast<HiddenSearch *>(context);
    ListCell *cell;

    if (!node)
        return false;
    if (!IsA(node, ColumnRef))
        return walk_raw(node, find_named, context);
    foreach (cell, reinterpret_cast<ColumnRef *>(node)->fields) {
        auto *field = static_cast<Node *>(lfirst(cell));

        if (!IsA(field, String)) { // a star
            search->found = static_cast<char *>(linitial(search->hidden->names));
        } else if (is_hidden_name(search->hidden, strVal(field))) {
            search->found = strVal(field);
        } else if (list_length(reinterpret_cast<ColumnRef *>(node)->fields) == 1 &&
                   strcmp(strVal(field), search->hidden->relation_name) == 0) {
            search->found = static_cast<char *>(linitial(search->hidden->names)); // the whole row
        }
    }
    return search->found != nullptr;
}

const char *hidden_in_expression(const HiddenColumns *hidden, Node *expression)
{
    HiddenSearch search = {hidden, nullptr};

    if (hidden->names != NIL)
        find_named(expression, &search);
    return search.found;
}

struct TreeSearch {
    const HiddenColumns *hidden;
    int depth;
    const char *found;
};

static bool find_var(Node *node, void *context)
{
    auto *search = static_cast<TreeSearch *>(context);

    if (!node)
        return false;
    if (IsA(node, Query)) {
        search->depth++;
        walk_query(reinterpret_cast<Query *>(node), find_var, context, 0);
        search->depth--;
        return search->found != nullptr;
    }
    if (!IsA(node, Var))
        return walk_expression(node, find_var, context);
    auto *var = reinterpret_cast<Var *>(node);
    if (var->varno != 1 || static_cast<int>(var->varlevelsup) != search->depth)
        return false;
    if (var->varattno == InvalidAttrNumber) { // the whole row
        search->found = static_cast<char *>(linitial(search->hidden->names));
    } else if (var->varattno > 0) {
        const char *name = get_attname(search->hidden->relation, var->varattno, false);
        if (is_hidden_name(search->hidden, name))
            search->found = name;
    }
    return search->found != nullptr;
}

const char *hidden_in_tree(const HiddenColumns *hidden, Node *expression)
{
    TreeSearch search = {hidden, 0, nullptr};

    if (hidden->names != NIL)
        find_var(expression, &search);
    return search.found;
}

void record_denied(Oid relation, const char *column, const char *what)
{
    const char *table =
        quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)), get_rel_name(relation));

    audit_denied_event(EventKind::Denied, "masked column", psprintf("%s.%s", table, quote_identifier(column)), what);
}

void refuse_hidden(const HiddenColumns *hidden, const char *what, const char *column)
{
    record_denied(hidden->relation, column, what);
    ereport(
        ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
        errmsg("permission denied to %s masked column \"%s\" of relation \"%s\"", what, column, hidden->relation_name),
        errdetail("The column is masked for role \"%s\", and its stored values would be read.",
                  GetUserNameFromId(asking_role(), true)),
        errhint("Let a role do it that holds UNMASK on the column."));
    pg_unreachable();
}

} // namespace ddm
