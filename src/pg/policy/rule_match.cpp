// Which rules match the columns of a relation. A backend remembers the answer: policies are read anew with every
// change of a grant, and that of a partitioned table asks for each of its partitions.
#include "pg/policy/rules.h"
#include "pg/policy/column_facts.h"
#include "pg/policy/rule_match.h"

extern "C" {
#include "utils/hsearch.h"
}

namespace ddm
{

// The rule that counts for a column.
struct Winner {
    AttrNumber attno;
    int rule; // index into the rules
};

struct MatchEntry {
    Oid relation; // the key
    bool stale;
    int count;
    Winner *winners;
};

// Rules that do not ask for the table say the same of every column that is alike in the rest.
static const size_t longest_likeness = 320;
struct LikeEntry {
    char likeness[longest_likeness]; // the key: what the column is, but for its table
    int rule;                        // the first one that matches, or the number of rules
};

// Beyond this a backend begins anew.
static const long most_entries = 20000;

static MemoryContext memory = nullptr;
static HTAB *matches = nullptr;
static HTAB *likenesses = nullptr;
static uint64 version = 0;

// The relation whose columns are looked at, and whether it changed meanwhile.
static Oid looking_at = InvalidOid;
static bool changed = false;

void rule_matches_forget(Oid relation)
{
    changed = changed || relation == looking_at;
    auto *entry = matches ? static_cast<MatchEntry *>(hash_search(matches, &relation, HASH_FIND, nullptr)) : nullptr;
    if (entry)
        entry->stale = true;
}

static HTAB *make_table(const char *name, Size key, Size entry, int flags)
{
    HASHCTL control = {};
    control.keysize = key;
    control.entrysize = entry;
    control.hcxt = memory;
    return hash_create(name, 256, &control, HASH_ELEM | HASH_CONTEXT | flags);
}

static void begin_anew()
{
    if (matches && version == rules_version() && hash_get_num_entries(matches) < most_entries &&
        hash_get_num_entries(likenesses) < most_entries)
        return;
    matches = likenesses = nullptr;
    if (memory)
        MemoryContextDelete(memory);
    memory = nullptr;
    memory = AllocSetContextCreate(CacheMemoryContext, "ddm rule matches", ALLOCSET_SMALL_SIZES);
    HTAB *made = make_table("ddm rule matches", sizeof(Oid), sizeof(MatchEntry), HASH_BLOBS);
    likenesses = make_table("ddm columns alike", longest_likeness, sizeof(LikeEntry), HASH_STRINGS);
    matches = made;
    version = rules_version();
}

static bool rule_hits(const Rule *rule, const core::ConditionInput &column)
{
    if (!rule->condition || core::rule_matches(core::evaluate_condition(rule->condition, column)))
        return true;
    if (!column.qualified_type.data)
        return false;
    core::ConditionInput qualified = column;
    qualified.data_type = column.qualified_type;
    return core::rule_matches(core::evaluate_condition(rule->condition, qualified));
}

// With their lengths, so that no text reads as two.
static void add_to_likeness(char *likeness, size_t *used, const core::OptionalText &text)
{
    if (*used < longest_likeness)
        *used += static_cast<size_t>(
            pg_snprintf(likeness + *used, longest_likeness - *used, "%zu:%s;", text.size, text.data ? text.data : ""));
}

// False where it is too long to be remembered.
static bool likeness_of(const core::ConditionInput &column, char *likeness)
{
    size_t used = static_cast<size_t>(
        pg_snprintf(likeness, longest_likeness, "%lld;", static_cast<long long>(column.classification_level)));
    add_to_likeness(likeness, &used, column.column_name);
    add_to_likeness(likeness, &used, column.schema_name);
    add_to_likeness(likeness, &used, column.data_type);
    add_to_likeness(likeness, &used, column.qualified_type);
    for (size_t i = 0; i < column.tag_count; i++)
        add_to_likeness(likeness, &used, column.tags[i]);
    return used < longest_likeness;
}

// The first rule before this one, of those that ask for the table or of the others; else this one.
static int first_hit(const Rule *rules, bool asks_table, int before, const core::ConditionInput &column)
{
    for (int i = 0; i < before; i++)
        if (rules[i].asks_table == asks_table && rule_hits(&rules[i], column))
            return i;
    return before;
}

static int first_hit_of_alike(const Rule *rules, int count, const core::ConditionInput &column)
{
    char likeness[longest_likeness] = {};
    bool found = false;
    if (!likeness_of(column, likeness))
        return first_hit(rules, false, count, column);
    auto *entry = static_cast<LikeEntry *>(hash_search(likenesses, likeness, HASH_FIND, nullptr));
    if (entry)
        return entry->rule;
    int rule = first_hit(rules, false, count, column);
    entry = static_cast<LikeEntry *>(hash_search(likenesses, likeness, HASH_ENTER, &found));
    entry->rule = rule;
    return rule;
}

static const MatchEntry *match(Oid relation, const Rule *rules, int count)
{
    bool found = false;
    int natts = 0;
    looking_at = relation;
    changed = false;
    const core::ConditionInput *facts = column_facts(relation, &natts);
    auto *winners = static_cast<Winner *>(MemoryContextAlloc(memory, sizeof(Winner) * static_cast<size_t>(natts + 1)));
    int hits = 0;
    for (AttrNumber attno = 1; attno <= natts; attno++) {
        if (!facts[attno].column_name.data)
            continue;
        int alike = first_hit_of_alike(rules, count, facts[attno]);
        int rule = first_hit(rules, true, alike, facts[attno]);
        if (rule < count)
            winners[hits++] = {attno, rule};
    }
    auto *entry = static_cast<MatchEntry *>(hash_search(matches, &relation, HASH_ENTER, &found));
    if (found)
        pfree(entry->winners);
    *entry = {relation, changed, hits, winners};
    looking_at = InvalidOid;
    return entry;
}

List *rules_matching(Oid relation)
{
    List *found = NIL;
    int count = 0;
    const Rule *rules = rules_loaded(&count);
    if (count == 0)
        return NIL;
    begin_anew();
    const auto *entry = static_cast<MatchEntry *>(hash_search(matches, &relation, HASH_FIND, nullptr));
    if (!entry || entry->stale)
        entry = match(relation, rules, count);
    for (int i = 0; i < entry->count; i++) {
        auto *one = zeroed<RuleMatch>();
        const Rule *rule = &rules[entry->winners[i].rule];
        // Copies: binding a mask may run a domain's checks, and what these read may have the rules read anew.
        *one = {entry->winners[i].attno, pstrdup(rule->name), pstrdup(rule->mask)};
        found = lappend(found, one);
    }
    return found;
}

} // namespace ddm
