#include "pg/guard/object_event.h"
#include "pg/audit/audit_settings.h"
#include "pg/audit/audit_statement.h"
#include "pg/audit/read_event.h"
#include "pg/policy/policy.h"
#include "pg/rewrite/plan_note.h"

extern "C" {
#include "catalog/pg_inherits.h"
}

namespace ddm
{

static bool note_column(PlannedStmt *notes, Oid relation, const char *name)
{
    const RelationPolicy *policy = policy_of(relation);
    const AttrNumber attno = policy ? get_attnum(relation, name) : InvalidAttrNumber;
    return attno > 0 && plan_note_cleared(notes, policy, attno, GetUserId());
}

// The relation itself, or where its column has no mask the first below it.
static void note_columns(PlannedStmt *notes, Oid relation, const List *names)
{
    ListCell *name, *member;
    List *members = find_all_inheritors(relation, NoLock, nullptr);
    foreach (name, names)
        foreach (member, members)
            if (note_column(notes, lfirst_oid(member), static_cast<char *>(lfirst(name))))
                break;
}

void record_object(const HiddenColumns *hidden, const List *names)
{
    const ErrorFrame *frame = errors_innermost_frame();
    const char *why = nullptr;
    Oid user;
    int context;
    if (names == NIL || !audit_wants(AUDIT_UNMASK))
        return;
    auto *notes = makeNode(PlannedStmt);
    GetUserIdAndSecContext(&user, &context);
    if (frame)
        SetUserIdAndSecContext(frame->role, context); // CREATE INDEX goes on as the table's owner
    note_columns(notes, OidIsValid(hidden->whole) ? hidden->whole : hidden->relation, names);
    const bool good = record_read(frame, notes, "ok", ERRCODE_SUCCESSFUL_COMPLETION, 0, &why);
    SetUserIdAndSecContext(user, context);
    if (!good)
        statement_deny(why);
}

using Finder = const char *(*)(const HiddenColumns *hidden, Node *expression);

static void record_found(const HiddenColumns *hidden, Node *expression, Finder find)
{
    HiddenColumns left = {hidden->relation, hidden->relation_name, list_copy(hidden->clear), NIL, InvalidOid};
    List *found = NIL;
    while (const char *name = find(&left, expression)) {
        ListCell *cell;
        found = lappend(found, const_cast<char *>(name));
        foreach (cell, left.names)
            if (strcmp(static_cast<char *>(lfirst(cell)), name) == 0)
                left.names = foreach_delete_current(left.names, cell);
    }
    record_object(hidden, found);
}

void record_object_expression(const HiddenColumns *hidden, Node *expression)
{
    record_found(hidden, expression, hidden_in_expression);
}

void record_object_tree(const HiddenColumns *hidden, Node *expression)
{
    record_found(hidden, expression, hidden_in_tree);
}

} // namespace ddm
