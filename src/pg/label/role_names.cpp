// Roles that labels, named policies and rules name; see role_names.h.
#include "pg/label/role_names.h"
#include "pg/audit/audit.h"
#include "pg/label/condition_names.h"
#include "pg/label/label_store.h"
#include "pg/policy/policy.h"
#include "pg/policy/policy_state.h"
#include "pg/policy/roles.h"
#include "pg/policy/rules.h"
#include "core/label.h"

#include <string>
#include <vector>

extern "C" {
#include "access/heapam.h"
#include "access/htup_details.h"
#include "catalog/indexing.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_class.h"
#include "commands/seclabel.h"
#include "storage/lmgr.h"
#include "utils/fmgroids.h"
#include "utils/snapmgr.h"
}

namespace ddm
{

// Columns, as sql/install/25_policies.sql makes the tables.
enum NamedRoleColumn { named_name = 1, named_oid, named_columns = named_oid };

struct NamedRole {
    ItemPointerData tid;
    NameData name;
    Oid role;
};

// Of one name, or all where it is nullptr.
static List *named_roles(const char *wanted)
{
    List *found = NIL;
    Oid oid = ddm_relation("named_roles");
    if (!OidIsValid(oid) || (wanted && strlen(wanted) >= NAMEDATALEN))
        return NIL;
    ScanKeyData key;
    NameData name = {};
    namestrcpy(&name, wanted ? wanted : "");
    ScanKeyInit(&key, named_name, BTEqualStrategyNumber, F_NAMEEQ, NameGetDatum(&name));
    InvalidateCatalogSnapshot();
    Relation table = table_open(oid, AccessShareLock);
    Oid index = get_relname_relid("named_roles_pkey", RelationGetNamespace(table));
    SysScanDesc scan = systable_beginscan(table, index, wanted && OidIsValid(index), nullptr, wanted ? 1 : 0, &key);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        Datum values[named_columns];
        bool nulls[named_columns];
        heap_deform_tuple(tuple, RelationGetDescr(table), values, nulls);
        auto *named = zeroed<NamedRole>();
        named->tid = tuple->t_self;
        named->name = *DatumGetName(values[named_name - 1]);
        named->role = DatumGetObjectId(values[named_oid - 1]);
        found = lappend(found, named);
    }
    systable_endscan(scan);
    table_close(table, AccessShareLock);
    return found;
}

static Oid if_there(Oid role) { return SearchSysCacheExists1(AUTHOID, ObjectIdGetDatum(role)) ? role : InvalidOid; }

Oid named_role_kept(const char *name)
{
    const List *kept = named_roles(name);
    return kept != NIL ? if_there(static_cast<NamedRole *>(linitial(kept))->role) : InvalidOid;
}

Oid named_role(const char *name)
{
    const List *kept = named_roles(name);
    return kept != NIL ? if_there(static_cast<NamedRole *>(linitial(kept))->role) : get_role_oid(name, true);
}

static void forget(const NamedRole *named)
{
    Relation table = table_open(ddm_relation("named_roles"), RowExclusiveLock);
    ItemPointerData tid = named->tid;
    CatalogTupleDelete(table, &tid);
    table_close(table, NoLock);
    CommandCounterIncrement();
}

static void keep(const char *name, Oid role)
{
    NameData stored = {};
    namestrcpy(&stored, name);
    Datum values[named_columns] = {NameGetDatum(&stored), ObjectIdGetDatum(role)};
    bool nulls[named_columns] = {};
    Relation table = table_open(ddm_relation("named_roles"), RowExclusiveLock);
    CatalogTupleInsert(table, heap_form_tuple(RelationGetDescr(table), values, nulls));
    table_close(table, NoLock);
    CommandCounterIncrement();
}

void role_names_keep_one(const char *name)
{
    Oid role = get_role_oid(name, true);
    Oid oid = ddm_relation("named_roles");
    if (!OidIsValid(role) || !OidIsValid(oid) || named_roles(name) != NIL)
        return;
    LockRelationOid(oid, ShareRowExclusiveLock); // one that is kept by another session is waited for
    if (named_roles(name) == NIL)
        keep(name, role);
}

// The role that has the name now is meant, where none was; where there is none, InvalidOid is kept.
static void keep_meant(const char *name)
{
    Oid oid = ddm_relation("named_roles");
    if (!OidIsValid(oid) || strlen(name) >= NAMEDATALEN || OidIsValid(named_role_kept(name)))
        return;
    LockRelationOid(oid, ShareRowExclusiveLock);
    const List *kept = named_roles(name);
    if (OidIsValid(named_role_kept(name)))
        return;
    if (kept != NIL)
        forget(static_cast<NamedRole *>(linitial(kept)));
    keep(name, get_role_oid(name, true));
}

// What core gives back is malloc'd, so that no C++ object is alive when the server is called.

static core::Status parse(const char *text, bool is_label, core::Label &label)
{
    return is_label ? core::parse_label(text, label) : core::parse_policy_mask(text, true, label);
}

// The text with the role's other name (or without it, where `to` is empty); nullptr where it is not named.
static char *renamed_copy(const char *text, bool is_label, const char *from, const char *to)
{
    core::Label label;
    std::string out;
    bool named = false;
    core::Status status = parse(text, is_label, label);
    if (status)
        status = core::rename_role(label, from, to, named);
    if (status && named)
        status = core::print_label(label, out);
    return status && named ? strdup(out.c_str()) : nullptr;
}

static NameData *names_copy(const char *text, bool is_label, int *count)
{
    core::Label label;
    std::vector<std::string> names;
    core::Status status = parse(text, is_label, label);
    if (status)
        status = core::label_roles(label, names);
    *count = status ? static_cast<int>(names.size()) : 0;
    auto *copy = static_cast<NameData *>(calloc(static_cast<size_t>(*count) + 1, sizeof(NameData)));
    for (int i = 0; copy && i < *count; i++)
        strlcpy(NameStr(copy[i]), names[static_cast<size_t>(i)].c_str(), NAMEDATALEN);
    return copy;
}

static void *into_palloc(void *copy, size_t size)
{
    void *result = copy ? MemoryContextAllocExtended(CurrentMemoryContext, size, MCXT_ALLOC_NO_OOM) : nullptr;
    if (result)
        memcpy(result, copy, size);
    free(copy);
    return result;
}

// Of the nth condition, in the order written, or nullptr.
static char *condition_copy(const char *text, bool is_label, int n)
{
    core::Label label;
    if (!parse(text, is_label, label))
        return nullptr;
    if (label.base.when && n-- == 0)
        return strdup(label.base.when->text.c_str());
    for (const core::Branch &branch : label.branches)
        if (branch.when && n-- == 0)
            return strdup(branch.when->text.c_str());
    return nullptr;
}

static void keep_in_conditions(const char *text, bool is_label)
{
    ListCell *cell;

    for (int n = 0; char *copy = condition_copy(text, is_label, n); n++) {
        auto *condition = static_cast<char *>(into_palloc(copy, strlen(copy) + 1));
        foreach (cell, condition_role_names(condition)) {
            auto *name = static_cast<char *>(lfirst(cell));
            keep_meant(name);
            role_guard(get_role_oid(name, false));
        }
    }
}

void role_names_keep(const char *text, bool is_label)
{
    int count = 0;
    keep_in_conditions(text, is_label);
    NameData *names = names_copy(text, is_label, &count);
    names = static_cast<NameData *>(into_palloc(names, sizeof(NameData) * static_cast<size_t>(count + 1)));
    if (!names)
        ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
    for (int i = 0; i < count; i++) {
        keep_meant(NameStr(names[i]));
        const Oid role = named_role(NameStr(names[i]));
        if (OidIsValid(role))
            role_guard(role); // sees another mask than the rest: not for the asking either
    }
}

static char *renamed(const char *text, bool is_label, const char *from, const char *to)
{
    if (!strstr(text, from) && !strpbrk(text, "\"")) // most name no role, or another
        return nullptr;
    char *copy = renamed_copy(text, is_label, from, to);
    return copy ? static_cast<char *>(into_palloc(copy, strlen(copy) + 1)) : nullptr;
}

struct LabelChange {
    ObjectAddress object;
    char *before;
    char *after;
};

static List *label_changes(const char *from, const char *to)
{
    List *changes = NIL;
    ListCell *cell;
    foreach (cell, labels_of_everything(label_provider)) {
        const auto *label = static_cast<StoredLabel *>(lfirst(cell));
        char *after = renamed(label->text, true, from, to);
        if (!after)
            continue;
        auto *change = zeroed<LabelChange>();
        *change = {{RelationRelationId, label->relation, label->attno}, label->text, after};
        changes = lappend(changes, change);
    }
    return changes;
}

static const char *reason_for(const char *to) { return to[0] ? "role renamed" : "role dropped"; }

static bool rename_in_labels(const char *from, const char *to)
{
    List *changes = label_changes(from, to);
    ListCell *cell;
    foreach (cell, changes) {
        auto *change = static_cast<LabelChange *>(lfirst(cell));
        SetSecurityLabel(&change->object, label_provider, change->after);
        CacheInvalidateRelcacheByRelid(change->object.objectId);
        audit_policy_event(
            {EventKind::Policy, "label", audit_object(&change->object), change->before, change->after, reason_for(to)});
        CommandCounterIncrement();
    }
    return changes != NIL;
}

// The tables whose rows are a name, and somewhere a mask.
static const struct {
    const char *relation;
    int mask;
    const char *kind;
} mask_tables[] = {{"named_policies", 2, "policy"}, {"mask_rules", 3, "rule"}};

static bool rename_in_rows(const char *relation, int mask, const char *kind, const char *from, const char *to)
{
    List *changed = NIL;
    Oid oid = ddm_relation(relation);
    if (!OidIsValid(oid))
        return false;
    Relation table = table_open(oid, RowExclusiveLock);
    TupleDesc description = RelationGetDescr(table);
    SysScanDesc scan = systable_beginscan(table, InvalidOid, false, nullptr, 0, nullptr);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        Datum values[5] = {};
        bool nulls[5] = {}, replaced[5] = {};
        bool null;
        char *stored = TextDatumGetCString(heap_getattr(tuple, mask, description, &null));
        char *after = renamed(stored, false, from, to);
        if (!after)
            continue;
        values[mask - 1] = CStringGetTextDatum(after);
        replaced[mask - 1] = true;
        const char *name = NameStr(*DatumGetName(heap_getattr(tuple, 1, description, &null)));
        changed = lappend(changed, heap_modify_tuple(tuple, description, values, nulls, replaced));
        audit_policy_event(
            {EventKind::Policy, kind, psprintf("%s %s", kind, quote_identifier(name)), stored, after, reason_for(to)});
    }
    systable_endscan(scan);
    ListCell *cell;
    foreach (cell, changed) {
        auto *row = static_cast<HeapTuple>(lfirst(cell));
        CatalogTupleUpdate(table, &row->t_self, row);
    }
    table_close(table, NoLock);
    CommandCounterIncrement();
    return changed != NIL;
}

// Answers whether anything named it.
static bool rename_everywhere(const char *from, const char *to)
{
    bool named = rename_in_labels(from, to);
    for (const auto &table : mask_tables)
        named = rename_in_rows(table.relation, table.mask, table.kind, from, to) || named;
    if (named) {
        rules_changed();
        policy_changed();
    }
    return named;
}

static bool move_name(const NamedRole *named, const char *to)
{
    const char *from = pstrdup(NameStr(named->name));
    bool moved = rename_everywhere(from, to);
    forget(named);
    return moved;
}

// Does the name still stand for another role in the texts?
static bool is_taken(const char *name, Oid role)
{
    const List *kept = named_roles(name);
    return kept != NIL && static_cast<NamedRole *>(linitial(kept))->role != role;
}

// Roles that exchanged their names in another database have to pass each other.
static void step_aside()
{
    ListCell *cell;
    foreach (cell, named_roles(nullptr)) {
        auto *named = static_cast<NamedRole *>(lfirst(cell));
        const char *to = GetUserNameFromId(named->role, true);
        if (!to || strcmp(NameStr(named->name), to) == 0 || !is_taken(to, named->role))
            continue;
        char *aside = psprintf("ddm: role %u", named->role);
        move_name(named, aside);
        keep(aside, named->role);
    }
}

void role_names_follow()
{
    ListCell *cell;
    step_aside();
    foreach (cell, named_roles(nullptr)) {
        auto *named = static_cast<NamedRole *>(lfirst(cell));
        const char *to = GetUserNameFromId(named->role, true);
        if (!OidIsValid(named->role) || (to && strcmp(NameStr(named->name), to) == 0))
            continue;
        if (move_name(named, to ? to : "") && to && named_roles(to) == NIL)
            keep(to, named->role);
    }
}

void role_names_given(const char *name)
{
    const List *kept = named_roles(name);
    if (kept == NIL || OidIsValid(named_role_kept(name)))
        return;
    keep_meant(name);
    role_guard(get_role_oid(name, false));
    audit_policy_event({EventKind::Policy, "role", psprintf("role %s", quote_identifier(name)), nullptr,
                        "named by a mask", "role created"});
    rules_changed();
    policy_changed();
}

void role_names_drop(Oid role)
{
    ListCell *cell;
    const char *name = GetUserNameFromId(role, true);
    if (!name)
        return;
    role_names_keep_one(name);
    foreach (cell, named_roles(nullptr)) {
        auto *named = static_cast<NamedRole *>(lfirst(cell));
        if (named->role == role)
            move_name(named, "");
    }
}

} // namespace ddm

DDM_FUNCTION(ddm_follow_roles)
{
    ddm::role_names_follow();
    PG_RETURN_VOID();
}
