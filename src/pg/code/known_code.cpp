#include "pg/code/known_code.h"
#include "pg/code/code_functions.h"
#include "pg/code/inlined_code.h"
#include "pg/debug_settings.h"
#include "pg/policy/policy.h"

extern "C" {
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "utils/hsearch.h"
}

namespace ddm
{

struct CodeEntry {
    Oid function;    // the key
    List *relations; // NIL: it is called by the check of a domain
};

// A function stays when it stands nowhere any more.
static HTAB *functions = nullptr;
static bool domains_known = false;
static uint64 domains_known_at = 0;
static uint64 changes = 0;

static void domains_changed(Datum, int, uint32) { domains_known = false; }

static CodeEntry *entry_of(Oid function, HASHACTION action, bool *found)
{
    return functions ? static_cast<CodeEntry *>(hash_search(functions, &function, action, found)) : nullptr;
}

static void make_table()
{
    HASHCTL control = {};

    control.keysize = sizeof(Oid);
    control.entrysize = sizeof(CodeEntry);
    control.hcxt = CacheMemoryContext;
    functions = hash_create("ddm stored code", 16, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
    CacheRegisterSyscacheCallback(CONSTROID, domains_changed, 0);
}

static bool may_be_inlined(Oid function)
{
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple))
        return false;
    const bool result = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple))->prolang == SQLlanguageId;
    ReleaseSysCache(tuple);
    return result;
}

// Answers whether one that may have been made part of an expression before is among those that are new.
static bool remember(List *called, Oid relation)
{
    bool inlined = false;
    ListCell *cell;

    if (called != NIL && !functions)
        make_table();
    foreach (cell, called) {
        bool found;
        CodeEntry *entry = entry_of(lfirst_oid(cell), HASH_ENTER, &found);
        entry->relations = found ? entry->relations : NIL;
        if (list_member_oid(entry->relations, relation))
            continue;
        MemoryContext old = MemoryContextSwitchTo(CacheMemoryContext);
        entry->relations = lappend_oid(entry->relations, relation);
        changes++;
        MemoryContextSwitchTo(old);
        inlined = inlined || may_be_inlined(lfirst_oid(cell));
    }
    return inlined;
}

// Code may give stored values to any domain. What its checks call is followed wherever it is called from.
void look_at_domains()
{
    const uint64 stamp = policy_stamp();
    bool found, any_new = false;
    ListCell *cell;

    if (!functions || (domains_known && domains_known_at == stamp))
        return;
    foreach (cell, functions_of_domains()) {
        CodeEntry *entry = entry_of(lfirst_oid(cell), HASH_ENTER, &found);
        entry->relations = found ? entry->relations : NIL;
        any_new |= !found;
    }
    if (any_new)
        forget_inlined_checks();
    domains_known = true;
    domains_known_at = stamp;
}

void stored_code_of(Oid relation)
{
    if (debug_masks_everything()) // masks that show every value hide nothing
        return;
    if (remember(functions_over(relation), relation))
        forget_inlined_code(relation);
    look_at_domains();
}

static void also_called(List *called, Oid relation)
{
    if (debug_masks_everything())
        return;
    remember(called, relation);
    look_at_domains();
}

void stored_code_in(Oid relation, Node *expression) { also_called(functions_called_in(expression), relation); }

void stored_code_mask(Oid relation, Oid function) { also_called(functions_reached_by(function), relation); }

uint64 known_code_changes() { return changes; }

bool is_known_code(Oid function) { return entry_of(function, HASH_FIND, nullptr) != nullptr; }

List *tables_of_code(Oid function)
{
    const CodeEntry *entry = entry_of(function, HASH_FIND, nullptr);

    return entry ? entry->relations : NIL;
}

} // namespace ddm
