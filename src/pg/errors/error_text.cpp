// Withholds values from an error. What can't be told from a value is taken out.
#include "pg/errors/error_text.h"

#include <cstring>

extern "C" {
#include "lib/stringinfo.h"
}

namespace ddm
{

static const char withheld_detail[] = "Values of masked columns are withheld.";
static const char withheld_value[] = "***";

static bool in_category(int sqlstate, char first, char second)
{
    return ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_TO_CATEGORY(MAKE_SQLSTATE(first, second, '0', '0', '0'));
}

bool error_may_quote_data(int sqlstate)
{
    // Categories whose messages speak of sessions, locks, resources and transactions. Everything else may.
    static const char speak_of_the_server[][3] = {"00", "01", "02", "03", "08", "09", "0B", "0L",
                                                  "0P", "0Z", "24", "25", "28", "2D", "3B", "40",
                                                  "53", "54", "55", "57", "58", "72", "F0", "XX"};

    if (sqlstate == ERRCODE_PROGRAM_LIMIT_EXCEEDED) // "index row size 2712 exceeds ..."
        return true;

    for (const char *category : speak_of_the_server)
        if (in_category(sqlstate, category[0], category[1]))
            return false;
    switch (sqlstate) {
    case ERRCODE_INSUFFICIENT_PRIVILEGE:
    case ERRCODE_RAISE_EXCEPTION:
    case ERRCODE_ASSERT_FAILURE:
        return false;
    default:
        return true;
    }
}

// Of a message that no value was put into on purpose, or that is no message of a statement: nothing to do.
bool error_is_silent(int sqlstate)
{
    const int category = ERRCODE_TO_CATEGORY(sqlstate);

    return category == ERRCODE_SUCCESSFUL_COMPLETION || category == ERRCODE_WARNING || category == ERRCODE_NO_DATA ||
           sqlstate == ERRCODE_OUT_OF_MEMORY;
}

static const char *file_of(const ErrorData *message)
{
    const char *slash = message->filename ? strrchr(message->filename, '/') : nullptr;

    return slash ? slash + 1 : message->filename;
}

// auto_explain and pgaudit, which tell of every statement that runs within another one, if so set.
bool error_tells_of_statement(const ErrorData *message)
{
    const char *file = file_of(message);

    return file && message->elevel < ERROR && (strcmp(file, "auto_explain.c") == 0 || strcmp(file, "pgaudit.c") == 0);
}

bool is_of_exhaustion(int sqlstate) { return in_category(sqlstate, '5', '3') || in_category(sqlstate, '5', '4'); }

static bool ends_in(const char *text, const char *end)
{
    const size_t length = strlen(text), rest = strlen(end);

    return length >= rest && strcmp(text + length - rest, end) == 0;
}

// By RAISE, plpy.notice() and the like: the words are those of whoever wrote the function.
static bool is_said_on_purpose(const ErrorData *message)
{
    static const char *const by[] = {"exec_stmt_raise", "PLy_output", "plperl_util_elog", "pltcl_elog"};

    for (const char *function : by)
        if (strcmp(message->funcname, function) == 0)
            return true;
    return false;
}

// Of the server or a library in C, about what the statement at hand names or holds. (What tells of all statements is kept from
// the client, and left to the log.)
static bool speaks_of_something(const ErrorData *message)
{
    return message->elevel != LOG && !is_said_on_purpose(message) && !error_tells_of_statement(message) &&
           !ends_in(message->filename, ".cpp") &&
           ((message->message_id && strchr(message->message_id, '%')) || message->detail);
}

Quoted quoted_in_message(const ErrorData *message)
{
    static const struct {
        const char *file;
        const char *function;
    } of_values[] = {
        {"pl_exec.c", "exec_stmt_execsql"}, // parameters, if plpgsql.print_strict_params asks for them
        {"tsquery.c", "parse_tsquery"},
        {"xml.c", "xml_errorHandler"},
        {"dblink.c", "dblink_res_error"},
    };
    const char *file = file_of(message);

    if (message->elevel >= ERROR || !file || !message->funcname)
        return Quoted::Nothing;
    for (const auto &place : of_values)
        if (strcmp(file, place.file) == 0 && strcmp(message->funcname, place.function) == 0)
            return Quoted::Values;
    if (speaks_of_something(message))
        return Quoted::Statement;
    return message->internalquery ? Quoted::Parsed : Quoted::Nothing;
}

// RAISE with an SQLSTATE of its own: the words are those of whoever wrote the function.
bool error_is_own_words(const ErrorData *error)
{
    return error->funcname && strcmp(error->funcname, "exec_stmt_raise") == 0;
}

static bool starts_with(const char *text, const char *start) { return strncmp(text, start, strlen(start)) == 0; }

// Could values have been pasted into the query that a function failed to parse? A static one is the function's text.
static bool is_dynamic(const char *context)
{
    static const char *const by[] = {" at EXECUTE", " at FOR over EXECUTE statement", " at OPEN", " at RETURN QUERY"};

    if (!context || !(starts_with(context, "PL/pgSQL function ") || starts_with(context, "SQL function ")))
        return true;
    char *line = pnstrdup(context, strcspn(context, "\n"));
    for (const char *statement : by)
        if (strstr(line, statement))
            return true;
    return false;
}

bool error_speaks_of_objects(const ErrorData *error)
{
    return (in_category(error->sqlerrcode, '4', '2') || in_category(error->sqlerrcode, '2', 'B') ||
            in_category(error->sqlerrcode, '0', 'A')) &&
           !(error->context && strstr(error->context, "function "));
}

// Messages of these kinds name objects; what they quote stands in the detail.
static bool values_stand_in_detail(const ErrorData *error)
{
    int sqlstate = error->sqlerrcode;
    bool points_into_query = error->cursorpos > 0 || (error->internalpos > 0 && !is_dynamic(error->context));

    return in_category(sqlstate, '2', '1') || in_category(sqlstate, '2', '3') || in_category(sqlstate, '2', '7') ||
           in_category(sqlstate, '4', '4') || in_category(sqlstate, 'P', '0') ||
           (in_category(sqlstate, '4', '2') && sqlstate != ERRCODE_SYNTAX_ERROR && points_into_query);
}

// The type's name in the commonest messages of all, or nullptr.
static char *type_in_message(const ErrorData *error)
{
    static const char before[] = "invalid input syntax for type ";
    static const char after[] = " for type ";
    const char *format = error->message_id;

    if (strncmp(format, "invalid input syntax for type %s", sizeof before + 1) == 0) {
        if (strncmp(error->message, before, sizeof before - 1) != 0)
            return nullptr;
        const char *start = error->message + sizeof before - 1;
        const char *end = strchr(start, ':');
        return end ? pnstrdup(start, end - start) : pstrdup(start);
    }
    size_t length = strlen(format);
    if (length < sizeof after + 1 || strcmp(format + length - sizeof after - 1, " for type %s") != 0)
        return nullptr;
    const char *last = nullptr;
    for (const char *at = strstr(error->message, after); at; at = strstr(at + 1, after))
        last = at + sizeof after - 1;
    return last ? pstrdup(last) : nullptr;
}

static bool follows(const char *text, const char *at, const char *what)
{
    size_t length = strlen(what);
    return static_cast<size_t>(at - text) >= length && strncmp(at - length, what, length) == 0;
}

// Skips one conversion of printf; `at` stands behind its percent sign.
static const char *skip_conversion(const char *at)
{
    at += strspn(at, "0123456789-+ #.*$'hlqLzt");
    return *at ? at + 1 : at;
}

// The message's format, with nothing filled in but the name of a type. Words that came as a whole are gone.
static char *message_without_values(const ErrorData *error)
{
    const char *format = error->message_id;
    if (!format || !error->message || strcmp(format, "%s") == 0)
        return pstrdup(error->elevel < ERROR ? "a message about a value of a masked column is withheld"
                                             : "the statement failed on a value of a masked column");

    StringInfoData text;
    char *type = type_in_message(error);
    initStringInfo(&text);
    for (const char *at = format; *at;) {
        if (*at != '%') {
            appendStringInfoChar(&text, *at++);
        } else if (at[1] == '%') {
            appendStringInfoChar(&text, '%');
            at += 2;
        } else {
            bool names_type = type && follows(format, at, "for type ");
            appendStringInfoString(&text, names_type ? type : withheld_value);
            at = skip_conversion(at + 1);
        }
    }
    return text.data;
}

// Context lines that say where in which function, none that quote a statement or a document.
static char *context_without_values(const char *context)
{
    static const char *const places[] = {"PL/pgSQL function ", "SQL function \"", "COPY ", "while ", "parallel worker"};
    StringInfoData text;

    initStringInfo(&text);
    while (*context) {
        size_t length = strcspn(context, "\n");
        for (const char *place : places) {
            if (!starts_with(context, place))
                continue;
            if (text.len > 0)
                appendStringInfoChar(&text, '\n');
            // "COPY t, line 3: ..." and "COPY t, line 3, column c: ..." go on to quote the line.
            size_t shown = *place == 'C' ? Min(length, strcspn(context, ":")) : length;
            appendBinaryStringInfo(&text, context, static_cast<int>(shown));
            break;
        }
        context += length;
        if (*context)
            context++;
    }
    return text.len > 0 ? text.data : nullptr;
}

bool error_context_may_quote_data(const ErrorData *error)
{
    return error->context && strstr(error->context, "SQL statement \"");
}

void error_withhold_context(ErrorData *error)
{
    if (error->context)
        error->context = context_without_values(error->context);
    error->internalquery = nullptr;
    error->internalpos = 0;
}

// What a parallel worker raised: its format does not come along, so that nobody could tell the values from the words.
// Where it was the worker that withheld them, there are none.
static bool was_withheld_by_worker(const ErrorData *error)
{
    return !error->message_id && error->detail && strcmp(error->detail, withheld_detail) == 0;
}

void error_withhold_values(ErrorData *error)
{
    if (!values_stand_in_detail(error) && !was_withheld_by_worker(error)) {
        error->message = message_without_values(error);
        error->hint = nullptr;
        error->detail = pstrdup(withheld_detail);
    } else if (error->detail) {
        error->detail = pstrdup(withheld_detail);
    }
    error->detail_log = nullptr;
    error_withhold_context(error);
}

void message_withhold(ErrorData *message, Quoted quoted)
{
    if (message->internalquery) {
        internalerrquery(nullptr);
        internalerrposition(0);
    }
    if (quoted == Quoted::Parsed)
        return;
    error_withhold_values(message);
    errmsg_internal("%s", message->message);
    errdetail_internal("%s", message->detail);
}

} // namespace ddm
