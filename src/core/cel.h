// Conditions of rules and exemptions: the subset of CEL (Common Expression Language) that masking rules use.
//
//   expression := and (|| and)*            and := relation (&& relation)*
//   relation   := unary [(== | != | < | <= | > | >= | in) unary]
//   unary      := ! unary | member         member := primary [. (startsWith|endsWith|contains|matches) ( string )]
//   primary    := ( expression ) | resource.NAME | request.NAME | timestamp("...") | literal | [ literal, ... ]
//   literal    := true | false | null | integer | "string" | 'string' | r"raw string"
//
// Types are checked when a condition is compiled. Evaluation cannot fail and takes time linear in the condition
// and the values: nothing loops, and `matches` runs on RE2. A missing value, or a comparison with one, is Unknown;
// && and || absorb it as CEL absorbs errors: false && Unknown is false, true || Unknown is true. Only `== null`
// and `!= null` ask whether a value is missing.
#pragma once

#include "core/status.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace ddm::core
{

inline constexpr size_t condition_max_size = 16 * 1024;
inline constexpr size_t condition_max_depth = 32; // of parentheses and negations
inline constexpr size_t condition_max_nodes = 2000;

enum class ConditionScope : unsigned char {
    Rule,      // resource.* alone: what a column is
    Exemption, // request.* as well: who asks, and when
};

enum class Truth : unsigned char { False, True, Unknown };

// A value that may be missing: null in the condition. Trivial, so that the server's side may hold it.
struct OptionalText {
    const char *data = nullptr; // nullptr: missing
    size_t size = 0;
};

// What a condition is about: one column, and for exemptions the session that asks. Texts are in the encoding
// of the condition and need live only through evaluate_condition().
struct ConditionInput {
    OptionalText column_name, table_name, schema_name, database_name;
    OptionalText data_type;      // format_type() without the modifier and the schema: "character varying"
    OptionalText qualified_type; // of a type outside pg_catalog, with it: rules are asked with both
    OptionalText environment_id; // missing where the server has no name
    OptionalText instance_id, project_id;
    int64_t classification_level = 0; // 0: not classified
    const OptionalText *tags = nullptr;
    size_t tag_count = 0;

    bool request_unknown = false; // of whatever session and moment: what is answered holds for all of them
    bool has_time = false;
    int64_t time = 0; // microseconds since 1970-01-01 00:00 UTC
    OptionalText application_name, client_addr;
};

class Condition;

// Compiles `text`; *out is freed by free_condition(). `utf8`: the text is UTF-8; else a character is a byte to
// `matches`.
Status compile_condition(std::string_view text, ConditionScope scope, bool utf8, Condition **out) noexcept;
void free_condition(Condition *condition) noexcept;

// The canonical text: compiled again it is the same condition, and its canonical text is itself.
Status print_condition(const Condition *condition, std::string &out) noexcept;

Truth evaluate_condition(const Condition *condition, const ConditionInput &input) noexcept;

// Does the condition ask for request.*, so that its answer holds for one moment and one session alone?
bool condition_needs_request(const Condition *condition) noexcept;

// Does it answer the same of both columns, whoever asks and when? False where it may not.
bool condition_is_same_of(const Condition *condition, ConditionInput one, ConditionInput other) noexcept;

// Does it ask for resource.table_name?
bool condition_asks_table(const Condition *condition) noexcept;

// The next moment after `now` at which a time in the condition is passed; false where there is none. Until then
// the answer for one session and column stays what it is.
bool condition_next_time(const Condition *condition, int64_t now, int64_t *next) noexcept;

// Null and errors: a rule masks where it is in doubt, an exemption clears only where it is sure.
inline bool rule_matches(Truth truth) noexcept { return truth != Truth::False; }
inline bool exemption_matches(Truth truth) noexcept { return truth == Truth::True; }

} // namespace ddm::core
