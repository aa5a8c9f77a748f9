// Labels as pg_seclabel holds them, and what a label says bound to its column.
#include "pg/label/label_store.h"
#include "pg/base/report.h"
#include "pg/label/condition_names.h"
#include "pg/label/label_warn.h"
#include "pg/label/role_names.h"
#include "pg/mask/row_condition.h"
#include "pg/mask/trusted_function.h"
#include "pg/mask/value_mask.h"
#include "pg/policy/named_policy.h"
#include "pg/rewrite/searchable.h"
#include "core/label.h"
#include "core/mask.h"

#include <new>
#include <string>
#include <vector>

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_seclabel.h"
#include "mb/pg_wchar.h"
#include "utils/fmgroids.h"
}

namespace ddm
{

// Core's objects have destructors, and server calls may jump: so they live in a memory context that runs the
// destructor when it goes, not in a frame.
struct Parsed {
    core::Label label;
    std::string text;                  // of the base mask
    std::string whole;                 // of the label
    std::vector<std::string> branches; // of each branch's mask
    MemoryContextCallback callback;
};

static void destroy_parsed(void *argument) { static_cast<Parsed *>(argument)->~Parsed(); }

// Where a mask stands: what the grammar lets it say.
enum class MaskPlace { Label, Rule, NamedPolicy };

static Parsed *parse(const char *text, MaskPlace place, core::Status *status)
{
    auto *parsed = new (palloc(sizeof(Parsed))) Parsed();
    parsed->callback = {destroy_parsed, parsed, nullptr};
    MemoryContextRegisterResetCallback(CurrentMemoryContext, &parsed->callback);
    *status = place == MaskPlace::Label ? core::parse_label(text, parsed->label)
                                        : core::parse_policy_mask(text, place == MaskPlace::Rule, parsed->label);
    if (*status && parsed->label.masked)
        *status = core::print_mask(parsed->label.base.mask, parsed->text);
    if (*status)
        *status = core::print_label(parsed->label, parsed->whole);
    if (*status)
        *status = core::print_branch_masks(parsed->label, parsed->branches);
    return parsed;
}

// Of InvalidOid: of every relation.
static List *scan_labels(Oid relation, const char *wanted, bool columns_alone)
{
    List *found = NIL;
    ScanKeyData key[2];
    ScanKeyInit(&key[0], Anum_pg_seclabel_objoid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
    ScanKeyInit(&key[1], Anum_pg_seclabel_classoid, BTEqualStrategyNumber, F_OIDEQ,
                ObjectIdGetDatum(RelationRelationId));
    Relation labels = table_open(SecLabelRelationId, AccessShareLock);
    const bool one = OidIsValid(relation);
    SysScanDesc scan = systable_beginscan(labels, SecLabelObjectIndexId, one, nullptr, one ? 2 : 0, key);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        bool null;
        auto *row = reinterpret_cast<FormData_pg_seclabel *>(GETSTRUCT(tuple));
        Datum provider = heap_getattr(tuple, Anum_pg_seclabel_provider, RelationGetDescr(labels), &null);
        if (row->classoid != RelationRelationId || (columns_alone && row->objsubid <= 0) ||
            strcmp(TextDatumGetCString(provider), wanted) != 0)
            continue;
        Datum stored = heap_getattr(tuple, Anum_pg_seclabel_label, RelationGetDescr(labels), &null);
        auto *label = static_cast<StoredLabel *>(palloc(sizeof(StoredLabel)));
        label->relation = row->objoid;
        label->attno = static_cast<AttrNumber>(row->objsubid);
        label->text = TextDatumGetCString(stored);
        found = lappend(found, label);
    }
    systable_endscan(scan);
    table_close(labels, AccessShareLock);
    return found;
}

List *labels_of(Oid relation, const char *wanted) { return scan_labels(relation, wanted, true); }
List *labels_of_all(Oid relation, const char *wanted) { return scan_labels(relation, wanted, false); }
List *labels_of_everything(const char *wanted) { return scan_labels(InvalidOid, wanted, true); }

bool column_target(Oid relation, AttrNumber attno, MaskTarget *target, NameData *name)
{
    HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relation), Int16GetDatum(attno));
    if (!HeapTupleIsValid(tuple))
        return false;
    auto *row = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(tuple));
    bool there = !row->attisdropped;
    target->type = row->atttypid;
    target->typmod = row->atttypmod;
    target->collation = row->attcollation;
    *name = row->attname;
    ReleaseSysCache(tuple);
    return there;
}

// The text of the constant of MASKED WITH VALUE; nullptr for NULL.
static const char *value_text(const core::Literal &literal)
{
    return literal.kind == core::Literal::Kind::Null ? nullptr : pstrdup(literal.text.c_str());
}

static int strictness_of(const core::Mask &mask)
{
    return mask.kind == core::Mask::Kind::Value    ? 4
           : mask.kind == core::Mask::Kind::Policy ? 3
                                                   : core::mask_strictness(mask.function);
}

static void bind_default(ColumnPolicy *column)
{
    column->ref = mask_bind_default(column->target);
    column->is_value = false;
    column->trusted = nullptr;
    column->choice = nullptr;
    column->strictness = 4;
    column->text = "FUNCTION default()";
    column->label = default_label;
}

// A function of somebody's schema, not of the catalogue of masks.
static bool is_own_function(const core::MaskCall &call) { return !call.schema.empty() && call.schema != "ddm"; }

static MaskChoice *choice_of(ColumnPolicy *column)
{
    if (!column->choice)
        column->choice = zeroed<MaskChoice>();
    return column->choice;
}

static ColumnPolicy *blank_like(const ColumnPolicy *column)
{
    auto *blank = zeroed<ColumnPolicy>();
    blank->attno = column->attno;
    blank->name = column->name;
    blank->target = column->target;
    blank->source = column->source;
    blank->why = column->why;
    return blank;
}

static void bind_whole(ColumnPolicy *column, const Parsed *parsed, Oid relation);

static bool bind_named(ColumnPolicy *column, const core::Mask &mask, Oid relation)
{
    core::Status status;
    char *text = named_policy_mask(mask.policy.text.c_str());
    if (!text)
        return false;
    Parsed *parsed = parse(text, MaskPlace::NamedPolicy, &status);
    if (!status)
        return false;
    ColumnPolicy *named = blank_like(column);
    bind_whole(named, parsed, relation);
    choice_of(column)->named = named;
    column->choice->policy_name = pstrdup(mask.policy.text.c_str());
    column->strictness = named->strictness;
    return true;
}

static bool bind_mask(ColumnPolicy *column, const core::Mask &mask, Oid relation)
{
    column->strictness = strictness_of(mask);
    switch (mask.kind) {
    case core::Mask::Kind::Function:
        if (is_own_function(mask.function))
            return trusted_bind(mask.function, column->target, true, &column->trusted) && column->trusted;
        return static_cast<bool>(mask_bind(mask.function, column->target, &column->ref));
    case core::Mask::Kind::Value:
        column->is_value = true;
        column->value = value_text(mask.value);
        return true;
    case core::Mask::Kind::Policy:
        return bind_named(column, mask, relation);
    }
    return false;
}

// Roles that are not there have no members.
static List *roles_named(const std::vector<core::Piece> &names)
{
    List *roles = NIL;
    for (const core::Piece &role : names) {
        Oid oid = named_role(role.text.c_str());
        if (OidIsValid(oid))
            roles = lappend_oid(roles, oid);
    }
    return roles;
}

static const SearchRight *bind_search(const core::Searchable &searchable)
{
    auto *right = zeroed<SearchRight>();
    right->roles = roles_named(searchable.roles);
    right->for_everybody = searchable.roles.empty();
    right->limit = searchable.limit;
    right->period = searchable.period == core::Period::Minute ? USECS_PER_MINUTE
                    : searchable.period == core::Period::Hour ? USECS_PER_HOUR
                                                              : USECS_PER_DAY;
    return right;
}

static void bind_branch(MaskBranch *bound, const ColumnPolicy *column, const core::Branch &branch, const char *text,
                        Oid relation)
{
    ColumnPolicy *mask = blank_like(column);
    bound->roles = roles_named(branch.roles);
    bound->mask = mask;
    bool good = bind_mask(mask, branch.mask, relation);
    if (good && branch.when) {
        bound->when = row_condition_bind(branch.when->text.c_str(), relation, ConditionPlace::Branch);
        bound->when_names = bound->when ? condition_names_bind(branch.when->text.c_str()) : NIL;
        // A condition on what a client can set may not be what shows the stored value.
        good = bound->when && (mask->strictness > 0 || !row_condition_is_settable(bound->when));
    }
    if (!good) {
        bound->when = nullptr;
        bind_default(mask);
        return;
    }
    mask->text = pstrdup(text);
    if (branch.when)
        mask->text = psprintf("%s WHEN (%s)", mask->text, branch.when->text.c_str());
}

static void bind_whole(ColumnPolicy *column, const Parsed *parsed, Oid relation)
{
    const core::Label &label = parsed->label;
    if (!bind_mask(column, label.base.mask, relation)) {
        bind_default(column);
        if (column->source == MaskSource::Rule)
            column->why = psprintf("%s, whose %s does not fit type %s", column->why, parsed->text.c_str(),
                                   format_type_be(column->target.type));
    } else {
        column->text = pstrdup(parsed->text.c_str());
    }
    if (label.base.when) {
        Node *when = row_condition_bind(label.base.when->text.c_str(), relation, ConditionPlace::Base);
        if (when) {
            choice_of(column)->when = when;
            column->choice->when_names = condition_names_bind(label.base.when->text.c_str());
        }
        column->text = psprintf("%s WHEN (%s)", column->text, label.base.when->text.c_str());
    }
    if (label.searchable)
        column->search = bind_search(*label.searchable);
    else if (column->choice && column->choice->named)
        column->search = column->choice->named->search;
    if (!label.branches.empty()) {
        MaskChoice *choice = choice_of(column);
        choice->branches = zeroed<MaskBranch>(label.branches.size());
        for (size_t i = 0; i < label.branches.size(); i++)
            bind_branch(&choice->branches[choice->branch_count++], column, label.branches[i],
                        parsed->branches[i].c_str(), relation);
    }
    column->label = pstrdup(parsed->whole.c_str());
}

ColumnPolicy *label_bind(const char *text, MaskSource source, Oid relation, AttrNumber attno, const NameData *name,
                         const MaskTarget &target, const char *why)
{
    auto *column = zeroed<ColumnPolicy>();
    core::Status status;
    Parsed *parsed = parse(text, source == MaskSource::Label ? MaskPlace::Label : MaskPlace::Rule, &status);

    column->attno = attno;
    column->name = *name;
    column->target = target;
    column->source = source;
    column->why = why;
    if (!status) {
        bind_default(column);
    } else if (!parsed->label.masked) {
        column->open = true;
        column->strictness = -1;
        column->text = column->label = "NOT MASKED";
    } else {
        bind_whole(column, parsed, relation);
    }
    return column;
}

ColumnPolicy *stricter_mask(ColumnPolicy *a, ColumnPolicy *b)
{
    bool plain = !a->choice && !b->choice;
    if (a->open || b->open || (plain && a->strictness != b->strictness))
        return a->strictness > b->strictness ? a : b;
    if (strcmp(a->label, b->label) != 0)
        bind_default(a); // neither can be said to show less than the other
    return a;
}

static int character_of(const char *text, size_t position)
{
    return pg_mbstrlen_with_len(text, static_cast<int>(position));
}

static core::Status check_branch(const char *text, const core::Branch &branch, bool base, Oid relation,
                                 const MaskTarget &target, const NameData *name, Datum *ref)
{
    core::Status status;
    const TrustedMask *trusted;
    if (branch.mask.kind == core::Mask::Kind::Function)
        status = is_own_function(branch.mask.function) ? trusted_bind(branch.mask.function, target, false, &trusted)
                                                       : mask_bind(branch.mask.function, target, ref);
    else if (branch.mask.kind == core::Mask::Kind::Value)
        value_mask_check(value_text(branch.mask.value), static_cast<int>(branch.mask.value.position) + 1, target, name);
    else if (!named_policy_mask(branch.mask.policy.text.c_str()))
        ereport(WARNING, errcode(ERRCODE_UNDEFINED_OBJECT),
                errmsg("masking policy \"%s\" does not exist", pstrdup(branch.mask.policy.text.c_str())),
                errdetail("Until it does, the column is masked with default()."),
                errhint("Make it with ddm.create_policy()."));
    if (status && branch.when) {
        int offset = character_of(text, branch.when->position);
        Node *when = row_condition_check(branch.when->text.c_str(), relation,
                                         base ? ConditionPlace::Base : ConditionPlace::Branch, offset);
        if (!base && strictness_of(branch.mask) == 0 && row_condition_is_settable(when))
            return core::Status::error(core::Code::Unsupported,
                                       "the stored value is shown on a condition that a client can set",
                                       branch.when->position, branch.when->length);
    }
    return status;
}

static void warn_unknown_roles(const std::vector<core::Piece> &roles, const char *consequence)
{
    for (const core::Piece &role : roles)
        label_warn_role(role.text.c_str(), consequence);
}

static core::Status check_parsed(const char *text, const core::Label &label, Oid relation, const MaskTarget &target,
                                 const NameData *name, Datum *ref)
{
    Datum branch_ref;
    core::Status status = check_branch(text, label.base, true, relation, target, name, ref);
    for (const core::Branch &branch : label.branches) {
        warn_unknown_roles(branch.roles, "Its branch of the mask is for nobody.");
        if (status)
            status = check_branch(text, branch, false, relation, target, name, &branch_ref);
    }
    if (label.searchable)
        warn_unknown_roles(label.searchable->roles, "It searches nothing.");
    return status;
}

void label_check(const char *text, Oid relation, AttrNumber attno)
{
    MaskTarget target;
    NameData name;
    core::Status status;
    Datum ref = (Datum)0;

    if (!column_target(relation, attno, &target, &name))
        elog(ERROR, "cache lookup failed for attribute %d of relation %u", attno, relation);
    Parsed *parsed = parse(text, MaskPlace::Label, &status);
    if (status && parsed->label.masked)
        status = check_parsed(text, parsed->label, relation, target, &name, &ref);
    if (!status)
        report(status, "label", text);
    if (!parsed->label.masked)
        return;
    label_warn_partition_key(relation, attno);
    const core::Mask &mask = parsed->label.base.mask;
    bool value = mask.kind == core::Mask::Kind::Value;
    if (value || (ref != (Datum)0 && mask_is_constant(ref)))
        label_warn_constant(relation, attno, value ? mask.value.kind == core::Literal::Kind::Null : mask_is_null(ref));
}

void label_check_mask(const char *text, const char *what, bool allow_policy)
{
    core::Status status;
    const Parsed *parsed = parse(text, allow_policy ? MaskPlace::Rule : MaskPlace::NamedPolicy, &status);
    auto check = [&status](const core::Mask &mask) {
        if (status && mask.kind == core::Mask::Kind::Function)
            status = core::check_call(mask.function);
    };
    check(parsed->label.base.mask);
    for (const core::Branch &branch : parsed->label.branches)
        check(branch.mask);
    if (!status)
        report(status, what, text);
}

} // namespace ddm
