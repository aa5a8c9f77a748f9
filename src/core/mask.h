// The catalogue of masks, as the server's side sees it. A mask is one row of the table in mask_catalogue.cpp and
// one class or function; nothing else knows its name.
#pragma once

#include "core/mask_call.h"
#include "core/mask_value.h"
#include "core/status.h"

namespace ddm::core
{

// What the caller has to do for a mask.
enum class Effect : unsigned char {
    Compute,  // make_mask() and run_mask() for each value
    Default,  // a constant: the default of the type
    Constant, // a constant: the first argument, read as a value of the column's type
    Null,
    Identity,
    Each, // the first argument is a mask for the elements of an array
};

// A mask ready to run; made by make_mask(), released by release_mask().
class Masker;

// What bind_mask() found out. Trivially destructible; views point into the call that was bound.
struct BoundCall {
    Effect effect = Effect::Compute;
    bool keyed = false;
    bool repeatable = true;            // the same value gives the same result at any time under the same key
    const MaskCall *element = nullptr; // Effect::Each
    size_t text_size = 0;              // of the canonical text
    size_t wire_size = 0;              // of the flat form
};

// Checks a call against the catalogue and the column: name, arity, argument types and ranges.
Status bind_mask(const MaskCall &call, const Target &target, BoundCall *bound) noexcept;

// What can be said against a call before there is a column: name, arity, argument types and ranges. Of a function that
// is not the catalogue's nothing.
Status check_call(const MaskCall &call) noexcept;

// How little a mask shows, to compare two: 0 all of the value, 2 a part of it, 3 at most which values are equal, 4
// nothing. What is not in the catalogue counts as showing a part.
int mask_strictness(const MaskCall &call) noexcept;

// The dictionaries that the call's masks take words from, one a line: to be at hand before it is bound or made.
void wanted_dictionaries(const MaskCall &call, Output &names) noexcept;
void wanted_dictionaries(std::string_view wire, Output &names) noexcept;

// The canonical text, "partial(0, 'XXX-XX-', 4)", and the flat form, into buffers of the sizes that bind_mask()
// answered. The flat form is position independent and understood by make_mask() alone.
void write_mask_text(const MaskCall &call, char *text) noexcept;
void write_mask_wire(const MaskCall &call, char *wire) noexcept;

// A mask from its flat form. `target` and what it points at must outlive the mask.
Status make_mask(std::string_view wire, const Target &target, Masker **mask) noexcept;
void release_mask(Masker *mask) noexcept;

// How large a buffer is enough for nearly every value of `input` bytes.
size_t mask_capacity(const Masker &mask, size_t input) noexcept;

// Masks a value that is not null. An exception inside gives Outcome::Default. A text is cut, and blank-padded, to
// the column's length; a number that does not fit the column gives Outcome::Default.
void run_mask(const Masker &mask, const Value &value, Output &out) noexcept;

// The function that does this for one mask in the shortest way; it is called with that mask alone.
using MaskFunction = void (*)(const Masker &mask, const Value &value, Output &out) noexcept;
MaskFunction mask_function(const Masker &mask) noexcept;

// The default() of a kind as a literal of its type; empty view with null data: there is none by kind.
std::string_view default_literal(Kind kind) noexcept;

// The text of default(), cut to the column: for Kind::Text.
void run_default_text(const Target &target, Output &out) noexcept;

// The catalogue as ddm.functions shows it.
struct MaskInfo {
    const char *name;
    const char *family;
    bool keyed;
    bool repeatable;
    const char *description;
    const char *source; // whose definition it follows, or empty
};
size_t mask_count() noexcept;
MaskInfo mask_info(size_t index) noexcept;
// "prefix integer, padding text DEFAULT 'X'": into `out`, `size` answers what it needs.
void mask_arguments(size_t index, Output &out) noexcept;
// "text, integer": the kinds of value that the mask takes.
void mask_kinds(size_t index, Output &out) noexcept;

} // namespace ddm::core
