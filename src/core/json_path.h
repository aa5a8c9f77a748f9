// Paths of json(): keys and places of arrays, the plain part of SQL's jsonpath.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ddm::core
{

struct JsonStep {
    enum class Kind : unsigned char { Key, Index, AnyKey, AnyElement };
    Kind kind = Kind::Key;
    std::string key;
    size_t index = 0;

    bool takes_key(std::string_view name) const { return kind == Kind::AnyKey || (kind == Kind::Key && key == name); }
    bool takes_element(size_t i) const { return kind == Kind::AnyElement || (kind == Kind::Index && index == i); }
};

// "$.person.email", "$.items[*].price", "$.\"first name\"", "$[0]", "a.b": at least one step. False for what is none.
bool read_json_path(std::string_view text, std::vector<JsonStep> &path);

} // namespace ddm::core
