// A label as plain SQL, for the generated views.
#include "core/mask_sql.h"

#include "core/label_lexer.h"
#include "core/mask_row.h"

#include <stdexcept>

namespace ddm::core
{

namespace
{

std::string always_quoted(std::string_view name) { return quoted(name, '"'); }

class MaskSql
{
  public:
    MaskSql(const ViewColumn &column, const NamedMask *named, size_t named_count)
        : column_(column), named_(named), named_count_(named_count)
    {
    }

    std::string label(const Label &label);

  private:
    std::string typed(const std::string &expression) const
    {
        return "(" + expression + ")::" + std::string(column_.type);
    }
    std::string by_default() const { return typed("ddm.\"default\"(" + std::string(column_.name) + ")"); }
    // What can't be shown as the label says: whatever the server shows, the view shows default().
    std::string withheld()
    {
        withheld_ = true;
        return by_default();
    }
    std::string unless_masked(const std::string &expression) const
    {
        return "CASE WHEN " + std::string(column_.already) + " THEN " + std::string(column_.name) + " ELSE " +
               expression + " END";
    }
    std::string mask(const Mask &mask);
    std::string function(const MaskCall &call);
    std::string value(const Literal &literal) const
    {
        return typed(literal.kind == Literal::Kind::Null ? "NULL" : quoted_string(literal.text));
    }
    std::string policy(std::string_view name);
    std::string choice(const Label &label);

    const ViewColumn &column_;
    const NamedMask *named_;
    size_t named_count_;
    bool withheld_ = false;
    bool each_ = false; // mask by mask, since one of them is withheld
};

const MaskRow *row_of(const MaskCall &call)
{
    return call.schema.empty() || call.schema == "ddm" ? find_mask(call.name) : nullptr;
}

bool of_catalogue(const MaskCall &call) { return call.schema.empty() || call.schema == "ddm"; }

// May whoever reads the view call it, with the masks inside it?
bool callable(const MaskCall &call)
{
    const MaskRow *row = row_of(call);
    if (of_catalogue(call) && (row == nullptr || row->keyed))
        return false;
    for (size_t i = 0; i < call.arguments.size(); i++) {
        const Argument &argument = call.arguments[i];
        bool is_call = argument.kind == Argument::Kind::Call;
        if (!argument.name.empty() ||
            (is_call && (row == nullptr || !wants_mask(*row, i) || !callable(argument.call.front()))))
            return false;
    }
    return true;
}

std::string argument_sql(const Argument &argument)
{
    std::string inner;
    switch (argument.kind) {
    case Argument::Kind::Null:
        return "NULL";
    case Argument::Kind::String:
        return quoted_string(argument.text);
    case Argument::Kind::Call: // json() and each() take masks as texts
        if (Status s = print_mask_call(argument.call.front(), inner); !s)
            throw std::runtime_error(s.message);
        return quoted_string(inner);
    default:
        return argument.text;
    }
}

std::string MaskSql::function(const MaskCall &call)
{
    const MaskRow *row = row_of(call);
    if (row != nullptr && row->effect == Effect::Default)
        return by_default();
    if (!callable(call))
        return withheld();
    if (row != nullptr && row->effect == Effect::Identity)
        return std::string(column_.name);

    std::string text = of_catalogue(call) ? "ddm" : always_quoted(call.schema);
    text += "." + always_quoted(call.name) + "(" + std::string(column_.name);
    for (const Argument &argument : call.arguments)
        text += ", " + argument_sql(argument);
    text = typed(text + ")");
    return each_ ? unless_masked(text) : text;
}

// A named policy stands on no other, so that this ends.
std::string MaskSql::policy(std::string_view name)
{
    for (size_t i = 0; i < named_count_; i++) {
        Label parsed;
        if (named_[i].name == name && parse_policy_mask(named_[i].mask, false, parsed))
            return choice(parsed);
    }
    return by_default();
}

std::string MaskSql::mask(const Mask &mask)
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

std::string MaskSql::choice(const Label &label)
{
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

// A mask that shows the same of every value, its own included.
bool is_constant(const Label &label)
{
    const Mask &mask = label.base.mask;
    const MaskRow *row = mask.kind == Mask::Kind::Function ? row_of(mask.function) : nullptr;
    bool whole = row != nullptr &&
                 (row->effect == Effect::Default || row->effect == Effect::Null || row->effect == Effect::Constant);
    return !label.base.when && label.branches.empty() && (mask.kind == Mask::Kind::Value || whole);
}

std::string MaskSql::label(const Label &label)
{
    if (!label.masked)
        return std::string(column_.name);
    std::string text = choice(label);
    if (withheld_) {
        each_ = true;
        return choice(label);
    }
    bool whole = is_constant(label) || text == column_.name || text == by_default();
    return whole ? text : unless_masked(text);
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
