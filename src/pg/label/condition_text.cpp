// The text of WHEN conditions; see condition_text.h.
#include "pg/label/condition_text.h"
#include "pg/base/tree.h"
#include "core/label.h"

#include <string>
#include <vector>

extern "C" {
#include "lib/stringinfo.h"
#include "parser/scanner.h"
}

namespace ddm
{

// What core gives back is malloc'd first, so that no C++ object is alive when the server is called.
struct Copy {
    char *bytes;
    size_t size;
};

static Copy copy_of(const std::string &text)
{
    auto *bytes = static_cast<char *>(malloc(text.size() + 1));
    if (bytes)
        memcpy(bytes, text.c_str(), text.size() + 1);
    return {bytes, text.size()};
}

static char *into_palloc(Copy copy)
{
    auto *result =
        copy.bytes
            ? static_cast<char *>(MemoryContextAllocExtended(CurrentMemoryContext, copy.size + 1, MCXT_ALLOC_NO_OOM))
            : nullptr;
    if (result)
        memcpy(result, copy.bytes, copy.size + 1);
    free(copy.bytes);
    if (!result)
        ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
    return result;
}

// The conditions, each with the zero byte that ends it.
static Copy conditions_copy(const char *text, int *count)
{
    core::Label label;
    std::vector<std::string> conditions;
    std::string all;
    core::Status status = core::parse_label(text, label);
    if (status)
        status = core::label_conditions(label, conditions);
    *count = status ? static_cast<int>(conditions.size()) : 0;
    for (int i = 0; i < *count; i++)
        all.append(conditions[static_cast<size_t>(i)]).push_back('\0');
    return copy_of(all);
}

LabelConditions label_conditions(const char *label)
{
    LabelConditions conditions = {};
    char *next = into_palloc(conditions_copy(label, &conditions.count));
    conditions.texts = zeroed<char *>(static_cast<size_t>(conditions.count) + 1);
    for (int i = 0; i < conditions.count; i++) {
        conditions.texts[i] = next;
        next += strlen(next) + 1;
    }
    return conditions;
}

static Copy replaced_copy(const char *text, const LabelConditions &conditions, bool *good)
{
    core::Label label;
    std::string whole;
    core::Status status = core::parse_label(text, label);
    if (status)
        status = core::replace_conditions(
            label, std::vector<std::string>(conditions.texts, conditions.texts + conditions.count));
    if (status)
        status = core::print_label(label, whole);
    *good = static_cast<bool>(status);
    return copy_of(whole);
}

char *label_with_conditions(const char *label, const LabelConditions &conditions)
{
    bool good = false;
    char *text = into_palloc(replaced_copy(label, conditions, &good));
    return good ? text : nullptr;
}

// A reference to a column: where its name begins in the text, and how long it is with what qualifies it.
struct Reference {
    int location;
    AttrNumber attno;
};

static bool references_walker(Node *node, void *context)
{
    if (!node)
        return false;
    if (IsA(node, Var)) {
        auto *var = reinterpret_cast<Var *>(node);
        auto **found = static_cast<List **>(context);
        auto *reference = zeroed<Reference>();
        *reference = {var->location, var->varattno};
        *found = lappend(*found, reference);
        return false;
    }
    return walk_expression(node, references_walker, context);
}

static int by_location(const ListCell *a, const ListCell *b)
{
    return static_cast<Reference *>(lfirst(a))->location - static_cast<Reference *>(lfirst(b))->location;
}

// Where the reference that begins at `location` ends: behind name [. name]*.
static size_t reference_end(const char *text, int location)
{
    core_yy_extra_type extra;
    core_YYSTYPE value;
    YYLTYPE place = 0;
    core_yyscan_t scanner = scanner_init(text + location, &extra, &ScanKeywords, ScanKeywordTokens);
    size_t end = 0;

    extra.standard_conforming_strings = true; // as conditions are read, whatever the session says
    do {
        if (core_yylex(&value, &place, scanner) == 0)
            break;
        end = static_cast<size_t>(place) + strlen(extra.scanbuf + place); // the token is zero-terminated for now
    } while (core_yylex(&value, &place, scanner) == '.');
    scanner_finish(scanner);
    return static_cast<size_t>(location) + end;
}

char *condition_renamed(const char *text, Node *bound, Oid relation)
{
    List *references = NIL;
    ListCell *cell;
    StringInfoData renamed;
    size_t done = 0;

    references_walker(bound, &references);
    list_sort(references, by_location);
    initStringInfo(&renamed);
    foreach (cell, references) {
        const auto *reference = static_cast<Reference *>(lfirst(cell));
        const char *name = get_attname(relation, reference->attno, true);
        // BETWEEN and the like stand for two references at one place.
        if (!name || reference->location < 0 || static_cast<size_t>(reference->location) < done)
            continue;
        appendBinaryStringInfo(&renamed, text + done, reference->location - static_cast<int>(done));
        appendStringInfoString(&renamed, quote_identifier(name));
        done = reference_end(text, reference->location);
    }
    appendStringInfoString(&renamed, text + done);
    return renamed.data;
}

} // namespace ddm
