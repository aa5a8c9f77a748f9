// The event of what an error quotes. Which columns: those that the detail speaks of, without those that the failing
// statement assigned to (what it wrote is no secret of anybody else's) or has an event for.
#include "pg/errors/error_event.h"
#include "pg/audit/audit_settings.h"
#include "pg/audit/read_event.h"
#include "pg/base/relation_tree.h"
#include "pg/errors/error_relations.h"
#include "pg/errors/errors.h"
#include "pg/guard/owner_code.h"
#include "pg/policy/policy.h"
#include "pg/rewrite/plan_note.h"

extern "C" {
#include "access/sysattr.h"
#include "parser/parsetree.h"
}

namespace ddm
{

// What the failing statement did to the relation, or to one that it is a partition or child of.
struct Written {
    AclMode how;
    List *columns; // names of those that an UPDATE assigned to
};

static void add_written(Written *written, const List *relations, Oid relation, AclMode how, const Bitmapset *updated)
{
    int member = -1;
    if (!list_member_oid(relations, relation))
        return;
    written->how |= how & (ACL_INSERT | ACL_UPDATE | ACL_DELETE);
    while ((member = bms_next_member(updated, member)) >= 0) {
        char *name = get_attname(relation, static_cast<AttrNumber>(member + FirstLowInvalidHeapAttributeNumber), true);
        if (name)
            written->columns = lappend(written->columns, makeString(name));
    }
}

static Written written_by(const PlannedStmt *statement, const List *relations)
{
    Written written = {0, NIL};
    ListCell *cell;
    if (statement->utilityStmt) {
        if (IsA(statement->utilityStmt, CopyStmt))
            written.how = ACL_INSERT;
        return written;
    }
#if DDM_HAS_PERMINFO
    foreach (cell, statement->permInfos) {
        auto *permission = lfirst_node(RTEPermissionInfo, cell);
        add_written(&written, relations, permission->relid, permission->requiredPerms, permission->updatedCols);
    }
#else
    foreach (cell, statement->rtable) {
        auto *rte = lfirst_node(RangeTblEntry, cell);
        if (rte->rtekind == RTE_RELATION)
            add_written(&written, relations, rte->relid, rte->requiredPerms, rte->updatedCols);
    }
#endif
    return written;
}

static void add_read(const PlannedStmt *statement, const List *relations, List **names)
{
    ListCell *cell;
    foreach (cell, statement->invalItems) {
        PlanNote note;
        if (!plan_note_read(lfirst(cell), &note) || note.kind != NoteKind::Clear ||
            !list_member_oid(relations, note.value))
            continue;
        char *name = get_attname(note.value, note.attno, true);
        if (name)
            *names = lappend(*names, makeString(name));
    }
}

// The server shows of a row what the role may select, or has written.
static bool may_select(Oid relation, AttrNumber attno)
{
    return pg_class_aclcheck(relation, GetUserId(), ACL_SELECT) == ACLCHECK_OK ||
           pg_attribute_aclcheck(relation, attno, GetUserId(), ACL_SELECT) == ACLCHECK_OK;
}

// A note for each column that was shown and that somebody wants to know of.
static void note_shown(PlannedStmt *notes, const ShownColumns &shown, const List *known, bool by_server)
{
    const RelationPolicy *policy = policy_of(shown.relation);
    const Bitmapset *masked = policy ? policy_masked_columns(policy) : nullptr;
    int attno = -1;
    while ((attno = bms_next_member(masked, attno)) >= 0) {
        const auto number = static_cast<AttrNumber>(attno);
        char *name = get_attname(shown.relation, number, true);
        if (name && (shown.all || bms_is_member(attno, shown.columns)) &&
            (!by_server || may_select(shown.relation, number)) && !list_member(known, makeString(name)))
            plan_note_cleared(notes, policy, number, GetUserId());
    }
}

static void note_shown_by(PlannedStmt *notes, const ShownColumns &shown, const ErrorFrame *frame, int sqlstate)
{
    List *relations = lcons_oid(shown.relation, relation_ancestors(shown.relation));
    Written written = {0, NIL};
    if (frame) {
        written = written_by(frame->statement, relations);
        add_read(frame->statement, relations, &written.columns);
    }
    // Of an exclusion constraint the other row's key is shown as well.
    if (sqlstate == ERRCODE_EXCLUSION_VIOLATION)
        note_shown(notes, shown, NIL, true);
    else if (written.how != ACL_INSERT)
        note_shown(notes, shown, written.columns, true);
}

// WITH CHECK OPTION names the view alone.
static void note_shown_by_results(PlannedStmt *notes, const ErrorFrame *frame, int sqlstate)
{
    ListCell *cell;
    foreach (cell, frame->statement->resultRelations) {
        const ShownColumns shown = {rt_fetch(lfirst_int(cell), frame->statement->rtable)->relid, nullptr, true};
        note_shown_by(notes, shown, frame, sqlstate);
    }
}

// A value that could not be converted or the like, by code that hangs on a table: what the statement reads itself is in
// its own event.
static void note_shown_by_code(PlannedStmt *notes, const PlannedStmt *statement)
{
    ListCell *cell;
    foreach (cell, statement->rtable) {
        const auto *rte = lfirst_node(RangeTblEntry, cell);
        if (rte->rtekind != RTE_RELATION || !policy_of(rte->relid))
            continue;
        List *relations = lcons_oid(rte->relid, relation_ancestors(rte->relid));
        const Written written = written_by(statement, relations);
        if (written.how == ACL_INSERT)
            continue;
        const CodeColumns seen = columns_seen_by_code(rte->relid, written.how != 0);
        List *known = seen.all ? NIL : written.columns; // a trigger has the old row too
        add_read(statement, relations, &known);
        note_shown(notes, {rte->relid, seen.columns, seen.all}, known, false);
    }
}

bool error_values_recorded(const ErrorData *error)
{
    const ErrorFrame *frame = errors_innermost_frame();
    if (!audit_wants(AUDIT_UNMASK))
        return true;

    auto *notes = makeNode(PlannedStmt);
    const ShownColumns shown =
        error_shows(error, frame ? frame->statement->utilityStmt : nullptr, frame ? frame->through : InvalidOid);
    if (OidIsValid(shown.relation))
        note_shown_by(notes, shown, frame, error->sqlerrcode);
    else if (error->sqlerrcode == ERRCODE_WITH_CHECK_OPTION_VIOLATION && error->detail && frame)
        note_shown_by_results(notes, frame, error->sqlerrcode);
    else if (ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_DATA_EXCEPTION)
        for (const ErrorFrame *around = frame; around; around = errors_frame_around(around))
            if (!around->statement->utilityStmt)
                note_shown_by_code(notes, around->statement);
    const char *why = nullptr;
    return notes->invalItems == NIL || record_read(frame, notes, "error", error->sqlerrcode, 1, &why);
}

} // namespace ddm
