// From the notes in a plan to the names of columns and the reasons of clearance.
#include "pg/audit/audit_template.h"
#include "pg/policy/policy.h"
#include "pg/rewrite/plan_note.h"

extern "C" {
#include "lib/stringinfo.h"
#include "utils/timestamp.h"
}

namespace ddm
{

static void append_column(StringInfo list, Oid relation, AttrNumber attno)
{
    const char *schema = get_namespace_name(get_rel_namespace(relation));
    const char *table = get_rel_name(relation);
    const char *column = get_attname(relation, attno, true);
    if (!schema || !table || !column)
        appendStringInfo(list, "(dropped) %u.%d", relation, attno);
    else
        appendStringInfo(list, "%s.%s", quote_qualified_identifier(schema, table), quote_identifier(column));
    appendStringInfoChar(list, '\0');
}

constexpr char reason_separator[] = "; ";

// Is it one of the list, as a whole? The reason of one table may begin with that of another.
static bool names_reason(const char *reasons, const char *one)
{
    const size_t size = strlen(one), gap = strlen(reason_separator);
    for (const char *at = reasons; (at = strstr(at, one)) != nullptr; at++) {
        const bool begins = at == reasons || (at >= reasons + gap && strncmp(at - gap, reason_separator, gap) == 0);
        if (begins && (at[size] == '\0' || strncmp(at + size, reason_separator, gap) == 0))
            return true;
    }
    return false;
}

static void append_reason(StringInfo reasons, const Decision &decision)
{
    StringInfoData one;
    initStringInfo(&one);
    appendStringInfoString(&one, basis_name(decision.basis));
    if (decision.why && decision.why[0] && strcmp(decision.why, one.data) != 0)
        appendStringInfo(&one, ": %s", decision.why);
    if (OidIsValid(decision.held_by) && decision.held_by != GetUserId()) {
        const char *role = GetUserNameFromId(decision.held_by, true);
        appendStringInfo(&one, " (held by %s)", role ? quote_identifier(role) : "a dropped role");
    }
    // Each reason once: columns mostly share one.
    if (!names_reason(reasons->data, one.data))
        appendStringInfo(reasons, "%s%s", reasons->len > 0 ? reason_separator : "", one.data);
    pfree(one.data);
}

static std::string_view list_view(const StringInfoData &list) { return {list.data, static_cast<size_t>(list.len)}; }

PlanEvents audit_plan_events(const PlannedStmt *plan)
{
    PlanEvents events = {};
    events.until = DT_NOEND;
    StringInfoData clear, masked, reasons;
    initStringInfo(&clear);
    initStringInfo(&masked);
    initStringInfo(&reasons);
    ListCell *cell;
    foreach (cell, plan->invalItems) {
        PlanNote note;
        if (!plan_note_read(lfirst(cell), &note))
            continue;
        if (note.kind == NoteKind::Masked) {
            append_column(&masked, note.value, note.attno);
        } else if (note.kind == NoteKind::Clear) {
            const RelationPolicy *policy = policy_of(note.value);
            Decision decision = policy ? policy_decide(policy, note.attno, GetUserId()) : Decision{};
            if (decision.basis == Basis::Observe) {
                events.would = true;
                append_column(&masked, note.value, note.attno);
                continue;
            }
            append_column(&clear, note.value, note.attno);
            append_reason(&reasons, decision);
            if (policy && decision.until != 0)
                events.until = Min(events.until, decision.until);
        }
    }
    events.unmask = clear.len > 0;
    events.mask = masked.len > 0;
    events.clear_columns = list_view(clear);
    events.masked_columns = list_view(masked);
    events.cleared_by = reasons.data;
    return events;
}

} // namespace ddm
