// Paths of json().
#include "core/json_path.h"

#include <charconv>

namespace ddm::core
{

// A key in double quotes, with \" and \\ in it. `rest` begins with the quote.
static bool take_quoted(std::string_view &rest, std::string &key)
{
    for (size_t i = 1; i < rest.size(); i++) {
        if (rest[i] == '"') {
            rest.remove_prefix(i + 1);
            return true;
        }
        if (rest[i] == '\\' && ++i < rest.size() && rest[i] != '"' && rest[i] != '\\')
            return false;
        if (i < rest.size())
            key.push_back(rest[i]);
    }
    return false;
}

static bool take_key(std::string_view &rest, JsonStep &step)
{
    if (rest.starts_with('"'))
        return take_quoted(rest, step.key);
    std::string_view name = rest.substr(0, rest.find_first_of(".["));
    rest.remove_prefix(name.size());
    if (name == "*")
        step.kind = JsonStep::Kind::AnyKey;
    // What jsonpath gives another meaning: filters, variables, methods, modes, steps of any depth.
    else if (name.empty() || name.find_first_of("?()@$*\"' ]:") != std::string_view::npos)
        return false;
    step.key = name;
    return true;
}

static bool take_element(std::string_view &rest, JsonStep &step)
{
    if (rest.starts_with('"') && !take_quoted(rest, step.key))
        return false;
    if (step.key.empty()) {
        std::string_view inside = rest.substr(0, rest.find(']'));
        rest.remove_prefix(inside.size());
        auto [end, error] = std::from_chars(inside.data(), inside.data() + inside.size(), step.index);
        if (inside == "*")
            step.kind = JsonStep::Kind::AnyElement;
        else if (error == std::errc() && end == inside.data() + inside.size())
            step.kind = JsonStep::Kind::Index;
        else
            return false;
    }
    if (!rest.starts_with(']'))
        return false;
    rest.remove_prefix(1);
    return true;
}

bool read_json_path(std::string_view text, std::vector<JsonStep> &path)
{
    bool first = true;
    if (text.starts_with('$')) {
        text.remove_prefix(1);
        first = false;
    }
    for (; !text.empty(); first = false) {
        JsonStep step;
        char c = text.front();
        if (c == '.' || c == '[')
            text.remove_prefix(1);
        else if (!first)
            return false;
        if (!(c == '[' ? take_element(text, step) : take_key(text, step)))
            return false;
        path.push_back(std::move(step));
    }
    return !path.empty();
}

} // namespace ddm::core
