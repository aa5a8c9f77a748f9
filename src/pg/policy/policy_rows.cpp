// Rows of named policies, rules and exemptions: checked before they are written, by whatever way they come, and
// recorded after.
#include "pg/audit/audit.h"
#include "pg/base/report.h"
#include "pg/label/label_store.h"
#include "pg/label/name_lock.h"
#include "pg/label/role_names.h"
#include "pg/policy/exemption_store.h"
#include "pg/policy/policy.h"
#include "pg/policy/roles.h"
#include "pg/policy/rules.h"
#include "core/cel.h"
#include "core/label.h"

extern "C" {
#include "access/htup_details.h"
#include "commands/trigger.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/timestamp.h"
}

namespace ddm
{

struct Row {
    HeapTuple tuple;
    TupleDesc description;
};

static Datum field(const Row &row, const char *name, bool *null)
{
    int attno = 0;
    for (int i = 0; i < row.description->natts && attno == 0; i++)
        if (strcmp(NameStr(TupleDescAttr(row.description, i)->attname), name) == 0)
            attno = i + 1;
    if (attno == 0)
        elog(ERROR, "column \"%s\" is missing", name);
    return heap_getattr(row.tuple, attno, row.description, null);
}

static char *text_field(const Row &row, const char *name)
{
    bool null;
    Datum value = field(row, name, &null);
    return null ? nullptr : TextDatumGetCString(value);
}

static void check_condition(const char *text, core::ConditionScope scope)
{
    core::Condition *condition = nullptr;
    core::Status status = core::compile_condition(text, scope, GetDatabaseEncoding() == PG_UTF8, &condition);
    if (!status)
        report(status, "condition", text);
    core::free_condition(condition);
}

static const char *name_field(const Row &row, const char *name)
{
    bool null;
    return NameStr(*DatumGetName(field(row, name, &null)));
}

static Oid member_of(const Row &row)
{
    bool null;
    return DatumGetObjectId(field(row, "member", &null));
}

// What the row says, for the record.
static char *describe(const Row &row, const char *kind)
{
    if (!row.tuple)
        return nullptr;
    if (strcmp(kind, "policy") == 0)
        return text_field(row, "mask");
    if (strcmp(kind, "rule") == 0) {
        bool null;
        int priority = DatumGetInt32(field(row, "priority", &null));
        return psprintf("%s where %s, priority %d", text_field(row, "mask"), text_field(row, "condition"), priority);
    }
    if (strcmp(kind, "level") == 0)
        return text_field(row, "name");
    if (strcmp(kind, "member") == 0) {
        const char *name = GetUserNameFromId(member_of(row), true);
        return psprintf("member %s", name ? quote_identifier(name) : psprintf("%u", member_of(row)));
    }
    bool null;
    Datum until = field(row, "valid_until", &null);
    return psprintf("%s where %s, until %s", exemption_member_names(name_field(row, "name")),
                    text_field(row, "condition"), null ? "infinity" : timestamptz_to_str(DatumGetTimestampTz(until)));
}

static const char *reason_of(const Row &row, const char *kind)
{
    char *reason = row.tuple && strcmp(kind, "exemption") == 0 ? text_field(row, "reason") : nullptr;
    return reason && reason[0] ? reason : nullptr;
}

static char *object_of(const Row &row, const char *kind)
{
    bool null;
    if (strcmp(kind, "level") == 0)
        return psprintf("classification level %d", DatumGetInt32(field(row, "level", &null)));
    if (strcmp(kind, "member") == 0)
        return psprintf("exemption %s", quote_identifier(name_field(row, "exemption")));
    return psprintf("%s %s", kind, quote_identifier(name_field(row, "name")));
}

static TriggerData *trigger_data(FunctionCallInfo fcinfo)
{
    if (!CALLED_AS_TRIGGER(fcinfo))
        ereport(ERROR, errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED), errmsg("not called as a trigger"));
    auto *data = reinterpret_cast<TriggerData *>(fcinfo->context);
    if (data->tg_trigger->tgnargs != 1)
        elog(ERROR, "a trigger of the policy's tables takes one argument");
    return data;
}

} // namespace ddm

using namespace ddm;

// BEFORE INSERT OR UPDATE, for each row: what can't be read is not stored.
DDM_FUNCTION(ddm_policy_row_check)
{
    TriggerData *data = trigger_data(fcinfo);
    const char *kind = data->tg_trigger->tgargs[0];
    HeapTuple tuple = TRIGGER_FIRED_BY_UPDATE(data->tg_event) ? data->tg_newtuple : data->tg_trigtuple;
    Row row = {tuple, RelationGetDescr(data->tg_relation)};

    if (HeapTupleHasNulls(tuple)) // which the server refuses, after this: no column of these tables may be null
        return PointerGetDatum(tuple);
    names_stay();
    const char *name = strcmp(kind, "level") == 0    ? nullptr
                       : strcmp(kind, "member") == 0 ? name_field(row, "exemption")
                                                     : name_field(row, "name");
    if (name && name[0] == '\0')
        ereport(ERROR, errcode(ERRCODE_INVALID_NAME), errmsg("an empty name"),
                errdetail("It is dropped, and shown as a reason, by its name."), errhint("Give it a name."));
    if (strcmp(kind, "policy") == 0)
        label_check_mask(text_field(row, "mask"), "policy", false);
    if (strcmp(kind, "rule") == 0) {
        check_condition(text_field(row, "condition"), core::ConditionScope::Rule);
        label_check_mask(text_field(row, "mask"), "mask", true);
    }
    if (strcmp(kind, "policy") == 0 || strcmp(kind, "rule") == 0)
        role_names_keep(text_field(row, "mask"), false);
    if (strcmp(kind, "exemption") == 0)
        check_condition(text_field(row, "condition"), core::ConditionScope::Exemption);
    return PointerGetDatum(tuple);
}

// AFTER INSERT OR UPDATE OR DELETE, for each row: on record, and in force for every session.
DDM_FUNCTION(ddm_policy_row_changed)
{
    TriggerData *data = trigger_data(fcinfo);
    const char *kind = data->tg_trigger->tgargs[0];
    TupleDesc description = RelationGetDescr(data->tg_relation);
    bool insert = TRIGGER_FIRED_BY_INSERT(data->tg_event), remove = TRIGGER_FIRED_BY_DELETE(data->tg_event);
    Row before = {insert ? nullptr : data->tg_trigtuple, description};
    Row after = {remove ? nullptr : insert ? data->tg_trigtuple : data->tg_newtuple, description};

    bool member = strcmp(kind, "member") == 0;
    if (after.tuple && member && SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(member_of(after))))
        role_guard(member_of(after));
    if (strcmp(kind, "rule") == 0 || strcmp(kind, "level") == 0)
        rules_changed();
    policy_changed();
    // Members come before their exemption and go after it: its event names them.
    if (member && !exemption_exists(name_field(after.tuple ? after : before, "exemption")))
        return (Datum)0;
    PolicyEvent event = {EventKind::Policy,
                         kind,
                         object_of(after.tuple ? after : before, kind),
                         describe(before, kind),
                         describe(after, kind),
                         reason_of(after, kind)};
    audit_policy_event(event);
    return (Datum)0;
}

// ddm.policies_named_in(text, is_label): the named policies that a label or a rule's mask stands on.
DDM_FUNCTION(ddm_policies_named_in)
{
    char *mask_text = text_to_cstring(PG_GETARG_TEXT_PP(0));
    bool is_label = PG_GETARG_BOOL(1);
    NameData found[core::label_max_branches + 1];
    int count = 0;
    {
        core::Label label;
        core::Status status =
            is_label ? core::parse_label(mask_text, label) : core::parse_policy_mask(mask_text, true, label);
        auto add = [&](const core::Mask &mask) {
            if (mask.kind == core::Mask::Kind::Policy)
                strlcpy(NameStr(found[count++]), mask.policy.text.c_str(), NAMEDATALEN);
        };
        if (status && label.masked) {
            add(label.base.mask);
            for (const core::Branch &branch : label.branches)
                add(branch.mask);
        }
    }
    Datum names[core::label_max_branches + 1];
    for (int i = 0; i < count; i++)
        names[i] = CStringGetTextDatum(NameStr(found[i]));
    PG_RETURN_ARRAYTYPE_P(construct_array(names, count, TEXTOID, -1, false, TYPALIGN_INT));
}
