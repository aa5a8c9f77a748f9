// The rules as the table has them, compiled.
#include "pg/policy/rules.h"
#include "pg/policy/policy.h"
#include "pg/policy/policy_state.h"

extern "C" {
#include "mb/pg_wchar.h"
#include "utils/snapmgr.h"
}

namespace ddm
{

// Columns of ddm.mask_rules, as sql/install/25_policies.sql makes it.
enum RuleColumn { col_name = 1, col_condition, col_mask, col_priority, column_count = col_priority };

static MemoryContext rules_memory = nullptr;
static Rule *rules = nullptr;
static int rule_count = 0;

static Oid rules_relation = InvalidOid; // whose invalidation says that rules changed
static bool half_read = true;
static bool stale = false;
static uint64 looked_at = 0; // the state of the policy in which there was no such table
static uint64 version = 1;

uint64 rules_version() { return version; }

void rules_facts_changed() { version++; }

void rules_relation_invalidated(Oid relation)
{
    if (OidIsValid(relation) && relation != rules_relation)
        return;
    stale = true;
    version++;
}

void rules_changed()
{
    Oid oid = ddm_relation("mask_rules");
    if (OidIsValid(oid))
        CacheInvalidateRelcacheByRelid(oid);
}

static void free_conditions(void *)
{
    for (int i = 0; i < rule_count; i++)
        core::free_condition(rules[i].condition);
    rules = nullptr;
    rule_count = 0;
}

static int compare_rules(const void *a, const void *b)
{
    auto *left = static_cast<const Rule *>(a);
    auto *right = static_cast<const Rule *>(b);
    if (left->priority != right->priority)
        return left->priority > right->priority ? -1 : 1;
    return strcmp(left->name, right->name);
}

static void read_rule(HeapTuple tuple, TupleDesc description)
{
    Datum values[column_count];
    bool nulls[column_count];
    heap_deform_tuple(tuple, description, values, nulls);
    Rule rule = {};
    rule.name = pstrdup(NameStr(*DatumGetName(values[col_name - 1])));
    rule.mask = TextDatumGetCString(values[col_mask - 1]);
    rule.priority = DatumGetInt32(values[col_priority - 1]);
    char *condition = TextDatumGetCString(values[col_condition - 1]);
    rules = rules ? static_cast<Rule *>(repalloc(rules, sizeof(Rule) * static_cast<size_t>(rule_count + 1)))
                  : static_cast<Rule *>(palloc(sizeof(Rule)));
    if (core::compile_condition(condition, core::ConditionScope::Rule, GetDatabaseEncoding() == PG_UTF8,
                                &rule.condition)) {
        rule.asks_table = core::condition_asks_table(rule.condition);
    } else {
        rule.condition = nullptr;
        rule.mask = pstrdup("FUNCTION default()");
    }
    rules[rule_count++] = rule;
}

static bool is_current()
{
    return rules_memory && !half_read && !stale && (OidIsValid(rules_relation) || looked_at == policy_stamp());
}

// Half-read ones are thrown away with their context.
static void load_rules()
{
    if (is_current())
        return;
    if (rules_memory)
        MemoryContextDelete(rules_memory);
    rules_memory = nullptr;

    MemoryContext memory = AllocSetContextCreate(CacheMemoryContext, "ddm rules", ALLOCSET_SMALL_SIZES);
    auto *callback =
        static_cast<MemoryContextCallback *>(MemoryContextAllocZero(memory, sizeof(MemoryContextCallback)));
    callback->func = free_conditions;
    MemoryContextRegisterResetCallback(memory, callback);
    rules_memory = memory;
    looked_at = policy_stamp();
    rules_relation = ddm_relation("mask_rules");
    version++;
    half_read = true;
    stale = false; // an invalidation that arrives while reading says so again
    if (OidIsValid(rules_relation)) {
        MemoryContext old = MemoryContextSwitchTo(memory);
        InvalidateCatalogSnapshot();
        Relation table = table_open(rules_relation, AccessShareLock);
        SysScanDesc scan = systable_beginscan(table, InvalidOid, false, nullptr, 0, nullptr);
        HeapTuple tuple;
        while (HeapTupleIsValid(tuple = systable_getnext(scan)))
            read_rule(tuple, RelationGetDescr(table));
        systable_endscan(scan);
        table_close(table, AccessShareLock);
        MemoryContextSwitchTo(old);
    }
    if (rule_count > 1)
        qsort(rules, static_cast<size_t>(rule_count), sizeof(Rule), compare_rules);
    half_read = false;
}

const Rule *rules_loaded(int *count)
{
    load_rules();
    *count = rule_count;
    return rules;
}

bool rules_exist()
{
    load_rules();
    return rule_count > 0;
}

} // namespace ddm
