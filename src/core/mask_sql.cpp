// A label as plain SQL, for the generated views.
#include "core/mask_sql.h"

#include "core/label_lexer.h"
#include "core/mask.h"

namespace ddm::core
{

namespace
{

std::string always_quoted(std::string_view name)
{
    std::string quoted = "\"";
    for (char c : name) {
        quoted += c;
        if (c == '"')
            quoted += c;
    }
    return quoted + '"';
}

class MaskSql
{
  public:
    MaskSql(const ViewColumn &column, const NamedMask *named, size_t named_count)
        : column_(column), named_(named), named_count_(named_count)
    {
    }

    std::string label(const Label &label) const;

  private:
    std::string typed(const std::string &expression) const
    {
        return "(" + expression + ")::" + std::string(column_.type);
    }
    std::string by_default() const { return typed("ddm.\"default\"(" + std::string(column_.name) + ")"); }
    std::string mask(const Mask &mask) const;
    std::string function(const MaskCall &call) const;
    std::string value(const Literal &literal) const
    {
        return typed(literal.kind == Literal::Kind::Null ? "NULL" : quoted_string(literal.text));
    }
    std::string policy(std::string_view name) const;

    const ViewColumn &column_;
    const NamedMask *named_;
    size_t named_count_;
};

// In the catalogue, and callable by whoever asks.
bool needs_no_key(std::string_view name)
{
    for (size_t i = 0; i < mask_count(); i++)
        if (mask_info(i).name == name)
            return !mask_info(i).keyed;
    return false;
}

std::string MaskSql::function(const MaskCall &call) const
{
    bool of_catalogue = call.schema.empty() || call.schema == "ddm";
    if (of_catalogue && !needs_no_key(call.name))
        return by_default();
    if (of_catalogue && call.name == "identity")
        return std::string(column_.name);

    std::string text = of_catalogue ? "ddm" : always_quoted(call.schema);
    text += "." + always_quoted(call.name) + "(" + std::string(column_.name);
    for (const Argument &argument : call.arguments) {
        if (argument.kind == Argument::Kind::Call || !argument.name.empty())
            return by_default();
        text += ", ";
        text += argument.kind == Argument::Kind::Null     ? "NULL"
                : argument.kind == Argument::Kind::String ? quoted_string(argument.text)
                                                          : argument.text;
    }
    return typed(text + ")");
}

// A named policy stands on no other, so that this ends.
std::string MaskSql::policy(std::string_view name) const
{
    for (size_t i = 0; i < named_count_; i++) {
        Label parsed;
        if (named_[i].name == name && parse_policy_mask(named_[i].mask, false, parsed))
            return label(parsed);
    }
    return by_default();
}

std::string MaskSql::mask(const Mask &mask) const
{
    switch (mask.kind) {
    case Mask::Kind::Function:
        return function(mask.function);
    case Mask::Kind::Value:
        return value(mask.value);
    case Mask::Kind::Policy:
        return policy(mask.policy.text);
    }
    return by_default();
}

std::string MaskSql::label(const Label &label) const
{
    if (!label.masked)
        return std::string(column_.name);
    std::string arms;
    for (const Branch &branch : label.branches) {
        std::string roles;
        for (const Piece &role : branch.roles)
            roles += (roles.empty() ? "" : " OR ") + std::string("pg_catalog.pg_has_role(pg_catalog.to_regrole(") +
                     quoted_string(always_quoted(role.text)) + "), 'USAGE')";
        arms += " WHEN (" + roles + ")";
        if (branch.when)
            arms += " AND (" + branch.when->text + ") IS NOT FALSE";
        arms += " THEN " + mask(branch.mask);
    }
    std::string base = mask(label.base.mask);
    if (label.base.when)
        base = "CASE WHEN (" + label.base.when->text + ") IS NOT FALSE THEN " + base + " ELSE " +
               std::string(column_.name) + " END";
    return arms.empty() ? base : "CASE" + arms + " ELSE " + base + " END";
}

} // namespace

Status print_mask_sql(std::string_view label, const ViewColumn &column, const NamedMask *named, size_t named_count,
                      std::string &out) noexcept
{
    return guarded([&]() -> Status {
        Label parsed;
        if (Status status = parse_label(label, parsed); !status)
            return status;
        out = MaskSql(column, named, named_count).label(parsed);
        return Status::ok();
    });
}

} // namespace ddm::core
