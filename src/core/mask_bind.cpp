// Matching a call with its row of the catalogue: name, kind of column, arity, types and ranges of arguments.
#include "core/mask_row.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace ddm::core
{

static const char *type_name(Parameter::Type type)
{
    switch (type) {
    case Parameter::Type::Text:
    case Parameter::Type::Dictionary:
        return "text";
    case Parameter::Type::Integer:
        return "integer";
    case Parameter::Type::Real:
        return "number";
    case Parameter::Type::Literal:
        return "value";
    case Parameter::Type::Scalar:
        return "literal";
    case Parameter::Type::Call:
        return "mask";
    }
    return "";
}

std::string signature_of(const MaskRow &row)
{
    std::string text = std::string(row.name) + "(";
    for (size_t i = 0; i < row.parameters.size(); i++) {
        const Parameter &p = row.parameters[i];
        text += std::string(i ? ", " : "") + p.name + " " + type_name(p.type);
        if (p.fallback)
            text += std::string(" DEFAULT ") + p.fallback;
    }
    return text + (row.repeats ? ", ...)" : ")");
}

static Status wrong_type(const MaskRow &row, const Parameter &p, const Argument &a)
{
    return Status::error(Code::Type,
                         std::string("argument \"") + p.name + "\" of mask " + row.name + " must be " +
                             (p.type == Parameter::Type::Integer ? "an " : "a ") + type_name(p.type),
                         a.position, a.length, "The mask is " + signature_of(row) + ".");
}

static bool read_number(const std::string &text, Parameter::Type type, Arguments::Item &item)
{
    const char *begin = text.data(), *end = begin + text.size();
    if (begin < end && *begin == '+')
        begin++;
    if (type == Parameter::Type::Integer) {
        auto [at, error] = std::from_chars(begin, end, item.integer);
        item.real = static_cast<double>(item.integer);
        return error == std::errc() && at == end && begin < end;
    }
    auto [at, error] = std::from_chars(begin, end, item.real);
    return error == std::errc() && at == end && begin < end && std::isfinite(item.real);
}

// One argument that was written, against its parameter.
static Status match_one(const MaskRow &row, const Parameter &p, const Argument &a, Arguments::Item &item)
{
    item.text = a.text;
    item.position = a.position;
    item.length = a.length;
    switch (p.type) {
    case Parameter::Type::Text:
    case Parameter::Type::Dictionary:
        return a.kind == Argument::Kind::String ? Status::ok() : wrong_type(row, p, a);
    case Parameter::Type::Scalar:
        return a.kind == Argument::Kind::String || a.kind == Argument::Kind::Number ? Status::ok()
                                                                                    : wrong_type(row, p, a);
    case Parameter::Type::Literal:
        if (a.kind == Argument::Kind::Null)
            return Status::error(Code::Type, "null is no substitute", a.position, a.length,
                                 "Use nullify() to show NULL.");
        return a.kind != Argument::Kind::Call ? Status::ok() : wrong_type(row, p, a);
    case Parameter::Type::Call:
        if (a.kind != Argument::Kind::Call || a.call.size() != 1)
            return wrong_type(row, p, a);
        item.call = &a.call.front();
        return Status::ok();
    case Parameter::Type::Integer:
    case Parameter::Type::Real:
        if (a.kind != Argument::Kind::Number || !read_number(a.text, p.type, item))
            return wrong_type(row, p, a);
        if (item.real < p.lowest || item.real > p.highest)
            return Status::error(Code::Value,
                                 std::string("argument \"") + p.name + "\" of mask " + row.name + " is out of range",
                                 a.position, a.length);
        return Status::ok();
    }
    return wrong_type(row, p, a);
}

bool wants_mask(const MaskRow &row, size_t place)
{
    const std::vector<Parameter> &parameters = row.parameters;
    return !parameters.empty() && (place < parameters.size() || row.repeats) &&
           parameters[place % parameters.size()].type == Parameter::Type::Call;
}

static Status wrong_arity(const MaskRow &row, const MaskCall &call)
{
    return Status::error(Code::Arity, std::string("wrong number of arguments for mask ") + row.name, call.position,
                         call.length, "The mask is " + signature_of(row) + ".");
}

static Status take_named(const MaskRow &row, const Argument &a, Arguments &arguments)
{
    if (!row.keyed || a.name != "key")
        return Status::error(Code::Unknown,
                             "mask " + std::string(row.name) + " has no argument named \"" + a.name + "\"", a.position,
                             a.length, row.keyed ? "The argument that has a name is key => 'name'." : "");
    if (a.kind != Argument::Kind::String || a.text.empty())
        return Status::error(Code::Type, "the name of a key must be a text", a.position, a.length);
    arguments.key = a.text;
    arguments.key_position = a.position;
    arguments.key_length = a.length;
    return Status::ok();
}

Status match_arguments(const MaskRow &row, const MaskCall &call, Arguments &arguments)
{
    arguments.position = call.position;
    arguments.length = call.length;
    for (const Argument &a : call.arguments) {
        if (!a.name.empty()) {
            if (Status s = take_named(row, a, arguments); !s)
                return s;
            continue;
        }
        size_t i = arguments.items.size();
        if (row.parameters.empty() || (i >= row.parameters.size() && !row.repeats))
            return wrong_arity(row, call);
        const Parameter &p = row.parameters[std::min(i, row.parameters.size() - 1)];
        Arguments::Item item;
        // Rows that repeat check the types of what repeats themselves.
        if (row.repeats && i >= row.parameters.size()) {
            item.text = a.text;
            item.position = a.position;
            item.length = a.length;
            item.call = a.kind == Argument::Kind::Call && a.call.size() == 1 ? &a.call.front() : nullptr;
            if (item.call == nullptr && a.kind != Argument::Kind::String)
                return wrong_type(row, p, a);
        } else if (Status s = match_one(row, p, a, item); !s) {
            return s;
        }
        arguments.items.push_back(std::move(item));
    }
    for (size_t i = arguments.items.size(); i < row.parameters.size(); i++) {
        const Parameter &p = row.parameters[i];
        if (p.fallback == nullptr)
            return wrong_arity(row, call);
        Arguments::Item item;
        item.text = p.fallback;
        if (p.type == Parameter::Type::Text) // written as 'literal'
            item.text = item.text.substr(1, item.text.size() - 2);
        else
            read_number(item.text, p.type, item);
        item.position = call.position;
        item.length = call.length;
        arguments.items.push_back(std::move(item));
    }
    return Status::ok();
}

const MaskRow *find_mask(std::string_view name)
{
    for (const MaskRow &row : mask_catalogue())
        if (name == row.name)
            return &row;
    return nullptr;
}

static bool is_in_catalogue(const MaskCall &call) { return call.schema.empty() || call.schema == "ddm"; }

static Status known_row(const MaskCall &call, const MaskRow *&row)
{
    row = is_in_catalogue(call) ? find_mask(call.name) : nullptr;
    if (row == nullptr)
        return Status::error(Code::Unknown, "unknown function \"" + call.name + "\"", call.position, call.length,
                             "See ddm.functions for the masks there are.");
    return Status::ok();
}

static Status find_row(const MaskCall &call, const Target &target, const MaskRow *&row)
{
    if (Status s = known_row(call, row); !s)
        return s;
    if (!(row->kinds & set_of(target.kind)))
        return Status::error(Code::Type,
                             "mask " + std::string(row->name) + " does not take a column of type " +
                                 std::string(target.type_name),
                             call.position, call.length, "See ddm.functions for the types that each mask takes.");
    return Status::ok();
}

Status make_from_call(const MaskCall &call, const Target &target, std::unique_ptr<Masker> &mask)
{
    const MaskRow *row = nullptr;
    if (Status s = find_row(call, target, row); !s)
        return s;
    Arguments arguments;
    if (Status s = match_arguments(*row, call, arguments); !s)
        return s;
    if (row->make == nullptr)
        return Status::error(Code::Unsupported, "mask " + call.name + " can't stand inside another mask here",
                             call.position, call.length);
    return row->make(arguments, target, mask);
}

static bool is_keyed(const MaskCall &call)
{
    const MaskRow *row = find_mask(call.name);
    bool keyed = row != nullptr && row->keyed;
    for (const Argument &a : call.arguments)
        keyed = keyed || (a.kind == Argument::Kind::Call && is_keyed(a.call.front()));
    return keyed;
}

static bool is_repeatable(const MaskCall &call)
{
    const MaskRow *row = find_mask(call.name);
    bool repeatable = row == nullptr || row->repeatable;
    for (const Argument &a : call.arguments)
        repeatable = repeatable && (a.kind != Argument::Kind::Call || is_repeatable(a.call.front()));
    return repeatable;
}

static void add_dictionaries(const MaskCall &call, Output &names)
{
    const MaskRow *row = find_mask(call.name);
    for (size_t i = 0; i < call.arguments.size(); i++) {
        const Argument &a = call.arguments[i];
        if (a.kind == Argument::Kind::Call)
            add_dictionaries(a.call.front(), names);
        else if (row != nullptr && i < row->parameters.size() && row->parameters[i].type == Parameter::Type::Dictionary)
            names.append(a.text + "\n");
    }
}

void wanted_dictionaries(const MaskCall &call, Output &names) noexcept
{
    (void)guarded([&]() -> Status {
        add_dictionaries(call, names);
        return Status::ok();
    });
}

static Status check_known(const MaskCall &call)
{
    const MaskRow *row = nullptr;
    Arguments arguments;
    if (Status s = known_row(call, row); !s)
        return s;
    if (Status s = match_arguments(*row, call, arguments); !s)
        return s;
    for (const Argument &a : call.arguments)
        if (a.kind == Argument::Kind::Call)
            if (Status s = check_known(a.call.front()); !s)
                return s;
    return Status::ok();
}

Status check_call(const MaskCall &call) noexcept
{
    return guarded([&]() -> Status { return is_in_catalogue(call) ? check_known(call) : Status::ok(); });
}

Status bind_mask(const MaskCall &call, const Target &target, BoundCall *bound) noexcept
{
    return guarded([&]() -> Status {
        const MaskRow *row = nullptr;
        if (Status s = find_row(call, target, row); !s)
            return s;
        Arguments arguments;
        if (Status s = match_arguments(*row, call, arguments); !s)
            return s;
        bound->effect = row->effect;
        bound->keyed = is_keyed(call);
        bound->repeatable = is_repeatable(call);
        if (row->effect == Effect::Compute) {
            std::unique_ptr<Masker> mask;
            if (Status s = row->make(arguments, target, mask); !s)
                return s;
        } else if (row->effect == Effect::Each) {
            bound->element = &call.arguments.front().call.front();
        }
        // Room for what the writers need, measured by writing nowhere.
        bound->text_size = 0;
        bound->wire_size = 0;
        measure_call(call, bound->text_size, bound->wire_size);
        return Status::ok();
    });
}

} // namespace ddm::core
