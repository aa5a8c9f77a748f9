// The backend's cache of relation policies, those of relations without masks included.
#include "pg/policy/mask_choice.h"
#include "pg/base/transaction_end.h"
#include "pg/code/known_code.h"
#include "pg/debug_settings.h"
#include "pg/mask/mask_type.h"
#include "pg/mask/trusted_function.h"
#include "pg/mask/value_mask.h"
#include "pg/policy/policy_state.h"
#include "pg/policy/relation_policy.h"
#include "pg/policy/settings.h"

extern "C" {
#include "access/transam.h"
#include "utils/hsearch.h"
#include "utils/snapmgr.h"
}

namespace ddm
{

struct CacheEntry {
    Oid relation; // the key
    bool stale;
    uint64 stamp;
    RelationPolicy *policy; // nullptr: nothing is masked here
};

static HTAB *cache = nullptr;
static long stale_entries = 0;

LastPolicy last_policy = {InvalidOid, 0, nullptr};

// Policies that were replaced while a statement may still read them; freed with the transaction.
static List *retired = NIL;

static void count_stale()
{
    stale_entries++;
    await_transaction_end();
}

// A cache that is mostly entries of dropped (temporary) relations is swept at the end of a transaction.
static const long sweep_above = 1024;

static void make_cache()
{
    HASHCTL control = {};
    control.keysize = sizeof(Oid);
    control.entrysize = sizeof(CacheEntry);
    control.hcxt = CacheMemoryContext;
    cache = hash_create("ddm relation policies", 256, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

void policy_forget(Oid relation)
{
    if (!cache)
        return;
    if (last_policy.relation == relation)
        last_policy.relation = InvalidOid;
    auto *entry = static_cast<CacheEntry *>(hash_search(cache, &relation, HASH_FIND, nullptr));
    if (entry && !entry->stale) {
        entry->stale = true;
        count_stale();
    }
}

static void sweep()
{
    last_policy.relation = InvalidOid;
    HASH_SEQ_STATUS scan;
    hash_seq_init(&scan, cache);
    while (auto *entry = static_cast<CacheEntry *>(hash_seq_search(&scan))) {
        if (!entry->stale)
            continue;
        if (entry->policy)
            MemoryContextDelete(entry->policy->memory);
        hash_search(cache, &entry->relation, HASH_REMOVE, nullptr);
    }
    stale_entries = 0;
}

void policy_forget_retired()
{
    ListCell *cell;
    foreach (cell, retired)
        MemoryContextDelete(static_cast<MemoryContext>(lfirst(cell)));
    list_free(retired);
    retired = NIL;
    if (stale_entries > sweep_above)
        sweep();
}

static void retire(RelationPolicy *policy)
{
    MemoryContext old = MemoryContextSwitchTo(CacheMemoryContext);
    retired = lappend(retired, policy->memory);
    await_transaction_end();
    MemoryContextSwitchTo(old);
}

static void know_code_of(Oid relation, const ColumnPolicy *column)
{
    const MaskChoice *choice = column ? column->choice : nullptr;

    if (column && column->trusted)
        stored_code_mask(relation, column->trusted->function);
    if (!choice)
        return;
    know_code_of(relation, choice->named);
    stored_code_in(relation, choice->when);
    for (int i = 0; i < choice->branch_count; i++) {
        know_code_of(relation, choice->branches[i].mask);
        stored_code_in(relation, choice->branches[i].when);
    }
}

static void know_code(const RelationPolicy *policy)
{
    stored_code_of(policy->relation);
    for (int attno = 1; attno <= policy->natts; attno++)
        know_code_of(policy->relation, policy->columns[attno]);
}

// A domain's check that is asked meanwhile may run statements, which load other policies, or this one: then what the
// watch saw is lost, and what such a load could not ask for is not worth keeping.
static const RelationPolicy *load(Oid relation)
{
    static uint64 loads = 0;
    const uint64 number = ++loads;
    const uint64 unasked = mask_domain_unasked();
    uint64 stamp = policy_stamp();
    bool found;

    last_policy.relation = InvalidOid;
    InvalidateCatalogSnapshot();
    policy_watch(relation);
    MemoryContext memory = AllocSetContextCreate(CurrentMemoryContext, "ddm relation policy", ALLOCSET_SMALL_SIZES);
    RelationPolicy *policy = policy_load(relation, memory);
    if (policy)
        know_code(policy);

    auto *entry = static_cast<CacheEntry *>(hash_search(cache, &relation, HASH_ENTER, &found));
    if (!found)
        entry->policy = nullptr;
    RelationPolicy *old = entry->policy;
    if (found && entry->stale)
        stale_entries--;
    entry->stale = policy_watch_hit() || loads != number || mask_domain_unasked() != unasked;
    if (entry->stale)
        count_stale();
    entry->stamp = stamp;
    entry->policy = policy;
    policy_watch(InvalidOid);

    if (policy)
        MemoryContextSetParent(memory, CacheMemoryContext);
    else
        MemoryContextDelete(memory);
    if (old)
        retire(old);
    return policy;
}

static const CacheEntry *find(Oid relation)
{
    if (!cache)
        make_cache();
    const auto *entry = static_cast<CacheEntry *>(hash_search(cache, &relation, HASH_FIND, nullptr));
    return entry && !entry->stale && entry->stamp == policy_stamp() ? entry : nullptr;
}

// The server's own relations carry no masks: the label provider refuses.
static bool can_have_policy(Oid relation) { return relation >= FirstNormalObjectId; }

const RelationPolicy *policy_whatever_mode(Oid relation)
{
    if (!can_have_policy(relation))
        return nullptr;
    const CacheEntry *entry = find(relation);
    return entry ? entry->policy : load(relation);
}

const RelationPolicy *policy_look_up(Oid relation)
{
    if (policy_mode == MODE_OFF || !can_have_policy(relation)) // another mode is another stamp
        return nullptr;
    const CacheEntry *entry = find(relation);
    if (!entry)
        return load(relation); // kept by the next look-up, if nothing came between
    last_policy = {relation, entry->stamp, entry->policy};
    return entry->policy;
}

const RelationPolicy *policy_once(Oid relation, MemoryContext memory)
{
    if (!can_have_policy(relation))
        return nullptr;
    const CacheEntry *entry = find(relation);
    if (entry)
        return entry->policy;
    InvalidateCatalogSnapshot();
    return policy_load(relation, memory);
}

const Bitmapset *policy_masked_columns(const RelationPolicy *policy) { return policy ? policy->masked : nullptr; }

Expr *policy_mask_expression(const RelationPolicy *policy, AttrNumber attno, Oid role, Index varno)
{
    const ColumnPolicy *column = policy->columns[attno];
    if (column->source == MaskSource::Test)
        return debug_mask_expression(column, varno);
    return mask_choice_expression(column, role, varno);
}

Expr *mask_plain_expression(const ColumnPolicy *column, Index varno)
{
    const MaskTarget &target = column->target;
    Expr *constant = column->is_value ? value_mask_expression(column->value, target) : nullptr;
    if (constant)
        return constant;
    auto *value = reinterpret_cast<Expr *>(
        makeVar(static_cast<int>(varno), column->attno, target.type, target.typmod, target.collation, 0));
    if (column->trusted && trusted_owner_holds(column->trusted->function))
        return trusted_expression(column->trusted, value, target);
    // A copy, since the policy may be replaced while the expression lives on in a plan.
    Datum ref = column->is_value || column->trusted ? mask_bind_default(target)
                                                    : PointerGetDatum(PG_DETOAST_DATUM_COPY(column->ref));
    return mask_apply_expression(ref, value, target);
}

} // namespace ddm
