// The canonical text of labels; the other way of label.cpp.
#include "core/label.h"

#include "core/label_lexer.h"

namespace ddm::core
{

static std::string call_text(const MaskCall &call);

static std::string argument_text(const Argument &argument)
{
    std::string text = argument.name.empty() ? "" : quoted_name(argument.name) + " => ";
    switch (argument.kind) {
    case Argument::Kind::Null:
        return text + "NULL";
    case Argument::Kind::Boolean:
    case Argument::Kind::Number:
        return text + argument.text;
    case Argument::Kind::String:
        return text + quoted_string(argument.text);
    case Argument::Kind::Call:
        return text + (argument.call.empty() ? "NULL" : call_text(argument.call[0]));
    }
    return text;
}

static std::string call_text(const MaskCall &call)
{
    std::string text = call.schema.empty() ? "" : quoted_name(call.schema) + ".";
    text += quoted_name(call.name) + "(";
    const char *separator = "";
    for (const Argument &argument : call.arguments) {
        text += separator + argument_text(argument);
        separator = ", ";
    }
    return text + ")";
}

static std::string literal_text(const Literal &literal)
{
    std::string text = literal.kind == Literal::Kind::Null     ? "NULL"
                       : literal.kind == Literal::Kind::String ? quoted_string(literal.text)
                                                               : literal.text;
    return literal.type.empty() ? text : text + "::" + literal.type;
}

static std::string mask_text(const Mask &mask)
{
    switch (mask.kind) {
    case Mask::Kind::Function:
        return "FUNCTION " + call_text(mask.function);
    case Mask::Kind::Value:
        return "VALUE " + literal_text(mask.value);
    case Mask::Kind::Policy:
        return "POLICY " + quoted_name(mask.policy.text);
    }
    return {};
}

static std::string roles_text(const std::vector<Piece> &roles)
{
    std::string text;
    for (const Piece &role : roles)
        text += (text.empty() ? "" : ", ") + (role.text == "public" ? "\"public\"" : quoted_name(role.text));
    return text;
}

static std::string branch_text(const Branch &branch)
{
    return mask_text(branch.mask) + (branch.when ? " WHEN (" + branch.when->text + ")" : "");
}

static std::string searchable_text(const Searchable &searchable)
{
    static constexpr const char *periods[] = {"MINUTE", "HOUR", "DAY"};
    std::string text = " SEARCHABLE";
    if (!searchable.roles.empty())
        text += " FOR " + roles_text(searchable.roles);
    if (searchable.limit != Searchable().limit || searchable.period != Searchable().period)
        text += " LIMIT " + std::to_string(searchable.limit) + " PER " +
                periods[static_cast<unsigned char>(searchable.period)];
    return text;
}

Status print_label(const Label &label, std::string &out) noexcept
{
    return guarded([&]() -> Status {
        if (!label.masked) {
            out = "NOT MASKED";
            return Status::ok();
        }
        std::string text = "MASKED WITH " + branch_text(label.base);
        for (const Branch &branch : label.branches)
            text += " FOR " + roles_text(branch.roles) + " WITH " + branch_text(branch);
        if (label.searchable)
            text += searchable_text(*label.searchable);
        out = std::move(text);
        return Status::ok();
    });
}

Status print_mask(const Mask &mask, std::string &out) noexcept
{
    return guarded([&]() -> Status {
        out = mask_text(mask);
        return Status::ok();
    });
}

Status print_branch_masks(const Label &label, std::vector<std::string> &out) noexcept
{
    return guarded([&]() -> Status {
        out.clear();
        for (const Branch &branch : label.branches)
            out.push_back(mask_text(branch.mask));
        return Status::ok();
    });
}

Status print_mask_call(const MaskCall &call, std::string &out) noexcept
{
    return guarded([&]() -> Status {
        out = call_text(call);
        return Status::ok();
    });
}

} // namespace ddm::core
