// Rules: masks for every column that a condition matches.
#include "pg/rules.h"
#include "pg/column_facts.h"
#include "pg/policy_state.h"
#include "core/cel.h"

extern "C" {
#include "mb/pg_wchar.h"
#include "utils/snapmgr.h"
}

namespace ddm
{

// Columns of ddm.mask_rules, as sql/install/25_policies.sql makes it.
enum Column { col_name = 1, col_condition, col_mask, col_priority, column_count = col_priority };

struct Rule {
    char *name;
    char *mask;
    int32 priority;
    core::Condition *condition; // nullptr: it can't be read any more, and matches everything with default()
};

static MemoryContext rules_memory = nullptr;
static Rule *rules = nullptr;
static int rule_count = 0;
static uint64 rules_stamp = 0;

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
    rules = rules ? static_cast<Rule *>(repalloc(rules, sizeof(Rule) * (rule_count + 1)))
                  : static_cast<Rule *>(palloc(sizeof(Rule)));
    if (!core::compile_condition(condition, core::ConditionScope::Rule, GetDatabaseEncoding() == PG_UTF8,
                                 &rule.condition)) {
        rule.condition = nullptr;
        rule.mask = pstrdup("FUNCTION default()");
    }
    rules[rule_count++] = rule;
}

// The rules of this state of the policy. Half-read ones are thrown away with their context.
static void load_rules()
{
    uint64 stamp = policy_stamp();
    if (rules_memory && rules_stamp == stamp)
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
    rules_stamp = stamp - 1;
    Oid oid = ddm_relation("mask_rules");
    if (OidIsValid(oid)) {
        MemoryContext old = MemoryContextSwitchTo(memory);
        InvalidateCatalogSnapshot();
        Relation table = table_open(oid, AccessShareLock);
        SysScanDesc scan = systable_beginscan(table, InvalidOid, false, nullptr, 0, nullptr);
        HeapTuple tuple;
        while (HeapTupleIsValid(tuple = systable_getnext(scan)))
            read_rule(tuple, RelationGetDescr(table));
        systable_endscan(scan);
        table_close(table, AccessShareLock);
        MemoryContextSwitchTo(old);
    }
    if (rule_count > 1)
        qsort(rules, rule_count, sizeof(Rule), compare_rules);
    rules_stamp = stamp;
}

bool rules_exist()
{
    load_rules();
    return rule_count > 0;
}

List *rules_matching(Oid relation)
{
    List *found = NIL;
    load_rules();
    if (rule_count == 0)
        return NIL;
    int natts;
    core::ConditionInput *facts = column_facts(relation, &natts);
    for (AttrNumber attno = 1; attno <= natts; attno++) {
        for (int i = 0; i < rule_count && facts[attno].column_name.data; i++) {
            if (rules[i].condition && !core::rule_matches(core::evaluate_condition(rules[i].condition, facts[attno])))
                continue;
            auto *match = zeroed<RuleMatch>();
            match->attno = attno;
            match->rule = pstrdup(rules[i].name);
            match->mask = pstrdup(rules[i].mask);
            found = lappend(found, match);
            break;
        }
    }
    return found;
}

} // namespace ddm
