// The words of ddm.dictionaries for core's pseudonym(). Read by a scan, since the masked role need not have any right
// on the table; kept for the backend until the policy changes.
#include "pg/mask/mask_keys.h"
#include "pg/policy/policy.h"
#include "core/keys.h"

extern "C" {
#include "access/htup_details.h"
#include "lib/stringinfo.h"
}

namespace ddm
{

struct Dictionary {
    char name[NAMEDATALEN];
    char *words;
    size_t size;
};

static MemoryContext cache = nullptr;
static List *dictionaries = NIL; // of Dictionary
static uint64 generation = 0;

// Columns of the table, in the order of sql/install/13_dictionaries.sql.
enum { column_name = 1, column_position, column_word, column_shipped, column_count = column_shipped };

struct Word {
    int32 position;
    char *word;
};

static int by_position(const ListCell *a, const ListCell *b)
{
    int32 first = static_cast<Word *>(lfirst(a))->position, second = static_cast<Word *>(lfirst(b))->position;

    return first < second ? -1 : first > second;
}

// The rows of one dictionary; the user's own rows hide the shipped ones of the same name.
static List *read_words(Relation table, const char *name)
{
    List *words[2] = {NIL, NIL};
    SysScanDesc scan = systable_beginscan(table, InvalidOid, false, nullptr, 0, nullptr);
    HeapTuple tuple;

    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        Datum values[column_count];
        bool nulls[column_count];
        heap_deform_tuple(tuple, RelationGetDescr(table), values, nulls);
        if (nulls[column_word - 1] || strcmp(TextDatumGetCString(values[column_name - 1]), name) != 0)
            continue;
        Word *word = static_cast<Word *>(palloc(sizeof(Word)));
        word->position = DatumGetInt32(values[column_position - 1]);
        word->word = TextDatumGetCString(values[column_word - 1]);
        bool shipped = DatumGetBool(values[column_shipped - 1]);
        words[shipped] = lappend(words[shipped], word);
    }
    systable_endscan(scan);
    List *chosen = words[false] != NIL ? words[false] : words[true];
    list_sort(chosen, by_position);
    return chosen;
}

static Dictionary *read_dictionary(Relation table, const char *name)
{
    MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "ddm dictionary", ALLOCSET_DEFAULT_SIZES);
    MemoryContext old = MemoryContextSwitchTo(scratch);
    List *words = read_words(table, name);
    StringInfoData text;
    ListCell *cell;

    initStringInfo(&text);
    foreach (cell, words) {
        if (text.len > 0)
            appendStringInfoChar(&text, '\n');
        appendStringInfoString(&text, static_cast<Word *>(lfirst(cell))->word);
    }
    MemoryContextSwitchTo(cache);
    Dictionary *dictionary = nullptr;
    if (words != NIL) {
        dictionary = static_cast<Dictionary *>(palloc0(sizeof(Dictionary)));
        strlcpy(dictionary->name, name, NAMEDATALEN);
        dictionary->words = pnstrdup(text.data, text.len);
        dictionary->size = static_cast<size_t>(text.len);
        dictionaries = lappend(dictionaries, dictionary);
    }
    MemoryContextSwitchTo(old);
    MemoryContextDelete(scratch);
    return dictionary;
}

static Dictionary *cached(const char *name)
{
    ListCell *cell;

    if (generation != policy_generation() || cache == nullptr) {
        if (cache != nullptr)
            MemoryContextDelete(cache);
        dictionaries = NIL;
        cache = AllocSetContextCreate(TopMemoryContext, "ddm dictionaries", ALLOCSET_DEFAULT_SIZES);
        generation = policy_generation();
    }
    foreach (cell, dictionaries)
        if (strcmp(static_cast<Dictionary *>(lfirst(cell))->name, name) == 0)
            return static_cast<Dictionary *>(lfirst(cell));
    return nullptr;
}

// Reads what is not cached yet. Called before core is asked, since core's frames must not see an error.
void mask_dictionary_prepare(const char *name)
{
    if (strlen(name) >= NAMEDATALEN || cached(name) != nullptr)
        return;
    Oid schema = get_namespace_oid("ddm", true);
    Oid relation = OidIsValid(schema) ? get_relname_relid("dictionaries", schema) : InvalidOid;
    if (!OidIsValid(relation))
        return;
    Relation table = table_open(relation, AccessShareLock);
    if (RelationGetDescr(table)->natts >= column_count)
        read_dictionary(table, name);
    table_close(table, AccessShareLock);
}

// Core's question, answered from the cache alone.
static bool find_words(std::string_view name, std::string_view *words)
{
    ListCell *cell;

    foreach (cell, dictionaries) {
        const Dictionary *dictionary = static_cast<Dictionary *>(lfirst(cell));
        if (name == dictionary->name) {
            *words = {dictionary->words, dictionary->size};
            return true;
        }
    }
    return false;
}

const char *mask_prepare_keyed(const char *names, size_t size)
{
    char *rest = pnstrdup(names, size);

    mask_dictionaries_install();
    const char *problem = mask_keys_refresh();
    for (char *end; (end = strchr(rest, '\n')) != nullptr; rest = end + 1) {
        *end = '\0';
        mask_dictionary_prepare(rest);
    }
    return problem;
}

void mask_dictionaries_install() { core::set_dictionary_source(find_words); }

} // namespace ddm
