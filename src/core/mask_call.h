// The syntax tree of a mask: what the label grammar answers and the catalogue of masks binds to a type.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ddm::core
{

struct MaskCall;

// One argument of a mask function, as written.
struct Argument {
    enum class Kind : unsigned char { Null, Boolean, Number, String, Call };
    Kind kind = Kind::Null;
    std::string name;           // of a named argument (`key => 'k2'`), else empty
    std::string text;           // the literal without its quotes; "true"/"false"; the digits of a number
    std::vector<MaskCall> call; // exactly one where kind is Call (json(...), each(...)), else empty
    size_t position = 0;        // where it stands in the label, in bytes
    size_t length = 0;

    bool operator==(const Argument &) const = default;
};

// `schema.name(arguments)`; schema is empty where none was written: the extension's own catalogue.
struct MaskCall {
    std::string schema;
    std::string name; // folded to lower case unless it was quoted
    std::vector<Argument> arguments;
    size_t position = 0;
    size_t length = 0;

    bool operator==(const MaskCall &) const = default;
};

} // namespace ddm::core
