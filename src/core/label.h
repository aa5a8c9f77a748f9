// The label grammar: what SECURITY LABEL FOR ddm ON COLUMN says, and the same for named policies and rules.
//
//   label      := NOT MASKED | MASKED WITH mask [when] branch* [searchable]
//   branch     := FOR role [, role]* WITH mask [when]
//   mask       := FUNCTION call | ( FUNCTION = 'call' ) | VALUE literal | POLICY name
//   when       := WHEN ( condition )
//   searchable := SEARCHABLE [FOR role [, role]*] [LIMIT n PER (MINUTE | HOUR | DAY)]
//   call       := [schema .] name ( [argument [, argument]*] )
//   argument   := [name =>] (NULL | TRUE | FALSE | number | string | call)
//   literal    := (NULL | TRUE | FALSE | number | [type] string) [:: type]
//
// Keywords in any case, identifiers fold to lower case unless quoted, strings as in SQL ('', E'', $$ $$).
// Positions are bytes from the start of the text. The text is in the server's encoding, every one of which is a
// superset of ASCII in which no byte of a longer character is ASCII.
#pragma once

#include "core/mask_call.h"
#include "core/status.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ddm::core
{

// Bounds that keep a hostile label from costing more than a long one.
inline constexpr size_t label_max_size = 64 * 1024;
inline constexpr size_t label_max_depth = 16; // of nested mask calls
inline constexpr size_t label_max_arguments = 100;
inline constexpr size_t label_max_branches = 100;
inline constexpr size_t label_max_roles = 1000; // of one list
inline constexpr size_t identifier_max_size = 63;

// A name, or a piece of text, and where it stands.
struct Piece {
    std::string text;
    size_t position = 0;
    size_t length = 0;

    bool operator==(const Piece &) const = default;
};

// The constant of MASKED WITH VALUE. It becomes the column's type by that type's input function.
struct Literal {
    enum class Kind : unsigned char { Null, Boolean, Number, String };
    Kind kind = Kind::Null;
    std::string text; // without quotes; "true"/"false"; the digits of a number
    std::string type; // as in DATE '2000-01-01' or '...'::date; canonical text, or empty
    size_t position = 0;
    size_t length = 0;

    bool operator==(const Literal &) const = default;
};

struct Mask {
    enum class Kind : unsigned char { Function, Value, Policy };
    Kind kind = Kind::Function;
    MaskCall function;   // where kind is Function
    Literal value;       // where kind is Value
    Piece policy;        // where kind is Policy: its name
    size_t position = 0; // of FUNCTION, VALUE or POLICY
    size_t length = 0;

    bool operator==(const Mask &) const = default;
};

// One choice: the base mask (no roles) or `FOR roles WITH mask`.
struct Branch {
    std::vector<Piece> roles; // empty for the base
    Mask mask;
    std::optional<Piece> when; // SQL, verbatim between the parentheses, trimmed; the position is that text's
    size_t position = 0;
    size_t length = 0;

    bool operator==(const Branch &) const = default;
};

enum class Period : unsigned char { Minute, Hour, Day };

struct Searchable {
    std::vector<Piece> roles; // empty: every masked role
    uint32_t limit = 60;
    Period period = Period::Hour;
    size_t position = 0;
    size_t length = 0;

    bool operator==(const Searchable &) const = default;
};

struct Label {
    bool masked = true;           // false: NOT MASKED, and nothing else is set
    Branch base;                  // decides where no branch does
    std::vector<Branch> branches; // in the order written: the first that matches decides
    std::optional<Searchable> searchable;

    bool operator==(const Label &) const = default;
};

// A column's label.
Status parse_label(std::string_view text, Label &out) noexcept;

// A named policy's or a rule's mask: the same grammar with MASKED WITH, or that and FUNCTION, optional. NOT MASKED is a label's alone,
// and so is POLICY inside a named policy: `allow_policy` is false there.
Status parse_policy_mask(std::string_view text, bool allow_policy, Label &out) noexcept;

// Canonical text: parse_label() of it gives the same label, but for the positions.
Status print_label(const Label &label, std::string &out) noexcept;
Status print_mask(const Mask &mask, std::string &out) noexcept;                        // FUNCTION email()
Status print_branch_masks(const Label &label, std::vector<std::string> &out) noexcept; // of each FOR branch
Status print_mask_call(const MaskCall &call, std::string &out) noexcept;               // partial(0, 'XXX-XX-', 4)

// The roles that the label names, each once.
Status label_roles(const Label &label, std::vector<std::string> &out) noexcept;

// Gives a role that the label names another name; where `to` is empty it is named no more, and what was for it alone
// goes. `named`: was it named at all?
Status rename_role(Label &label, std::string_view from, std::string_view to, bool &named) noexcept;

// The WHEN conditions, the base mask's first and then each branch's; empty where there is none.
Status label_conditions(const Label &label, std::vector<std::string> &out) noexcept;

// Puts others in their places; as many, and there is none where there was none. Where one is empty the base mask holds for
// every row, and a branch becomes default().
Status replace_conditions(Label &label, const std::vector<std::string> &conditions) noexcept;

// The label of a function: TRUSTED MASK, in any case.
Status parse_function_label(std::string_view text) noexcept;

// What a ddm_tag label says: 'pii, contact, level=3'. Tags are unique and in the order of their bytes.
struct Tags {
    std::vector<Piece> tags;  // folded to lower case unless quoted
    std::optional<int> level; // level=3
    Piece level_name;         // level=restricted: a name of ddm.classification_levels, folded; else empty

    bool operator==(const Tags &) const = default;
};
Status parse_tags(std::string_view text, Tags &out) noexcept;
Status print_tags(const Tags &tags, std::string &out) noexcept;

} // namespace ddm::core
