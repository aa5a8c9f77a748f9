// What a column is, as conditions of rules and exemptions ask for it.
#include "pg/policy/column_facts.h"
#include "pg/label/label_store.h"
#include "pg/policy/classification_level.h"
#include "pg/policy/settings.h"
#include "core/label.h"

extern "C" {
#include "access/htup_details.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_database.h"
#include "catalog/pg_namespace.h"
#include "commands/dbcommands.h"
#include "commands/seclabel.h"
#include "funcapi.h"
#include "utils/array.h"
}

namespace ddm
{

// What one ddm_tag label says, in palloc'd memory.
struct Classification {
    List *tags; // of char *
    int level;  // -1: not said
};

// Copies what core parsed while no server call can jump: into one malloc'd text, tags separated by zero bytes.
static Classification parse_classification(const char *label)
{
    Classification result = {NIL, -1};
    char *texts = nullptr;
    size_t size = 0;
    size_t count = 0;
    bool named = false;
    {
        core::Tags tags;
        if (!core::parse_tags(label, tags)) // unreadable: nothing is known but that it was classified
            return {NIL, level_by_name("")};
        named = !tags.level_name.text.empty();
        if (tags.level)
            result.level = *tags.level;
        for (const core::Piece &tag : tags.tags)
            size += tag.text.size() + 1;
        size += tags.level_name.text.size() + 1;
        texts = static_cast<char *>(malloc(size));
        char *to = texts;
        for (const core::Piece &tag : tags.tags) {
            if (!texts)
                break;
            memcpy(to, tag.text.c_str(), tag.text.size() + 1);
            to += tag.text.size() + 1;
            count++;
        }
        if (texts)
            memcpy(to, tags.level_name.text.c_str(), tags.level_name.text.size() + 1);
    }
    if (!texts)
        ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
    char *copy = static_cast<char *>(MemoryContextAllocExtended(CurrentMemoryContext, size, MCXT_ALLOC_NO_OOM));
    if (copy)
        memcpy(copy, texts, size);
    free(texts);
    if (!copy)
        ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
    for (size_t i = 0; i < count; i++) {
        result.tags = lappend(result.tags, copy);
        copy += strlen(copy) + 1;
    }
    if (named)
        result.level = level_by_name(copy);
    return result;
}

static int compare_tags(const ListCell *a, const ListCell *b)
{
    return strcmp(static_cast<const char *>(lfirst(a)), static_cast<const char *>(lfirst(b)));
}

static List *add_tags(List *tags, List *more)
{
    ListCell *cell;
    foreach (cell, more) {
        bool known = false;
        ListCell *other;
        foreach (other, tags)
            known |= strcmp(static_cast<char *>(lfirst(cell)), static_cast<char *>(lfirst(other))) == 0;
        if (!known)
            tags = lappend(tags, lfirst(cell));
    }
    return tags;
}

// What the ddm_tag labels of a relation, of its schema and of the database say.
struct RelationTags {
    Classification *columns; // by attribute number; 0 is the table. Level -1 and no tags where there is no label.
    int natts;
    Classification schema;
    Classification database;
};

static Classification said_of(Oid catalog, Oid object)
{
    ObjectAddress address;
    ObjectAddressSet(address, catalog, object);
    const char *label = GetSecurityLabel(&address, tag_provider);
    return label ? parse_classification(label) : Classification{NIL, -1};
}

static RelationTags relation_tags(Oid relation, int natts)
{
    RelationTags tags = {zeroed<Classification>(static_cast<size_t>(natts) + 1), natts, {}, {}};
    ListCell *cell;
    for (int i = 0; i <= natts; i++)
        tags.columns[i].level = -1;
    foreach (cell, labels_of_all(relation, tag_provider)) {
        auto *label = static_cast<StoredLabel *>(lfirst(cell));
        if (label->attno <= natts)
            tags.columns[label->attno] = parse_classification(label->text);
    }
    tags.schema = said_of(NamespaceRelationId, get_rel_namespace(relation));
    tags.database = said_of(DatabaseRelationId, MyDatabaseId);
    return tags;
}

// Tags add up; of levels the nearest counts.
static List *tags_in_force(const RelationTags &said, AttrNumber attno, int *level, const char **origin)
{
    const struct {
        const Classification *said;
        const char *name;
    } nearest_first[] = {{&said.columns[attno], "column"},
                         {&said.columns[0], "table"},
                         {&said.schema, "schema"},
                         {&said.database, "database"}};
    List *tags = NIL;
    *level = 0;
    *origin = nullptr;
    for (const auto &place : nearest_first) {
        tags = add_tags(tags, place.said->tags);
        if (place.said->level >= 0 && !*origin) {
            *level = place.said->level;
            *origin = place.name;
        }
    }
    list_sort(tags, compare_tags);
    return tags;
}

static core::OptionalText some(const char *text) { return {text, strlen(text)}; }
static core::OptionalText set_or_missing(const char *text)
{
    return text && text[0] ? some(pstrdup(text)) : core::OptionalText{};
}

static void add_classification(core::ConditionInput *facts, const RelationTags &said, AttrNumber attno)
{
    int level;
    const char *origin;
    List *tags = tags_in_force(said, attno, &level, &origin);
    facts->classification_level = level;
    auto *texts = zeroed<core::OptionalText>(static_cast<size_t>(list_length(tags)) + 1);
    ListCell *cell;
    foreach (cell, tags)
        texts[facts->tag_count++] = some(static_cast<char *>(lfirst(cell)));
    facts->tags = texts;
}

// What is behind the schema in "schema.type", which a name of the grammar's ("character varying") does not have.
static core::OptionalText without_schema(const char *name)
{
    const char *rest = name;

    if (*rest == '"')
        do
            rest = strchr(rest + 1, '"') + 1;
        while (*rest == '"');
    else
        rest += strcspn(rest, ".");
    return some(*rest == '.' ? rest + 1 : name);
}

// Whatever the search_path says: the reader sets it.
static void add_type(core::ConditionInput *facts, Oid type)
{
    const char *name = format_type_extended(type, -1, FORMAT_TYPE_FORCE_QUALIFY);

    facts->data_type = without_schema(name);
    if (facts->data_type.data != name && strncmp(name, "pg_catalog.", strlen("pg_catalog.")) != 0)
        facts->qualified_type = some(name);
}

static int columns_of(Oid relation)
{
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple))
        return 0;
    int natts = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relnatts;
    ReleaseSysCache(tuple);
    return natts;
}

List *column_tags(Oid relation, AttrNumber attno, int *level, const char **origin)
{
    int natts = columns_of(relation);
    if (attno < 1 || attno > natts) {
        *level = 0;
        *origin = nullptr;
        return NIL;
    }
    return tags_in_force(relation_tags(relation, natts), attno, level, origin);
}

core::ConditionInput *column_facts(Oid relation, int *natts)
{
    core::ConditionInput common;
    common.table_name = set_or_missing(get_rel_name(relation));
    common.schema_name = set_or_missing(get_namespace_name(get_rel_namespace(relation)));
    common.database_name = set_or_missing(get_database_name(MyDatabaseId));
    common.environment_id = set_or_missing(server_environment);
    common.instance_id = set_or_missing(server_instance);
    common.project_id = set_or_missing(server_project);

    *natts = columns_of(relation);
    const RelationTags tags = relation_tags(relation, *natts);
    auto *facts = static_cast<core::ConditionInput *>(palloc0(sizeof(core::ConditionInput) * (*natts + 1)));
    for (AttrNumber attno = 1; attno <= *natts; attno++) {
        HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relation), Int16GetDatum(attno));
        if (!HeapTupleIsValid(tuple))
            continue;
        auto *row = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(tuple));
        bool dropped = row->attisdropped;
        char *name = pstrdup(NameStr(row->attname));
        Oid type = row->atttypid;
        ReleaseSysCache(tuple);
        if (dropped)
            continue;
        facts[attno] = common;
        facts[attno].column_name = some(name);
        add_type(&facts[attno], type);
        add_classification(&facts[attno], tags, attno);
    }
    return facts;
}

} // namespace ddm

using namespace ddm;

DDM_FUNCTION(ddm_column_classification)
{
    TupleDesc description;
    Datum values[3];
    bool nulls[3] = {};
    int level;
    const char *origin;
    if (get_call_result_type(fcinfo, nullptr, &description) != TYPEFUNC_COMPOSITE)
        elog(ERROR, "return type must be a row type");
    List *tags = column_tags(PG_GETARG_OID(0), PG_GETARG_INT16(1), &level, &origin);
    auto *elements = zeroed<Datum>(list_length(tags) + 1);
    int count = 0;
    ListCell *cell;
    foreach (cell, tags)
        elements[count++] = CStringGetTextDatum(static_cast<char *>(lfirst(cell)));
    values[0] = PointerGetDatum(construct_array(elements, count, TEXTOID, -1, false, TYPALIGN_INT));
    values[1] = Int32GetDatum(level);
    values[2] = origin ? CStringGetTextDatum(origin) : (Datum)0;
    nulls[2] = origin == nullptr;
    return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(description), values, nulls));
}
