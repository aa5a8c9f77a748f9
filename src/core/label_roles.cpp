// The roles that a label names: which they are, and what becomes of the label when one is renamed or dropped.
#include "core/label.h"

#include <algorithm>

namespace ddm::core
{

namespace
{

void add_names(const std::vector<Piece> &roles, std::vector<std::string> &out)
{
    for (const Piece &role : roles)
        if (std::find(out.begin(), out.end(), role.text) == out.end())
            out.push_back(role.text);
}

bool rename_in(std::vector<Piece> &roles, std::string_view from, std::string_view to)
{
    bool named = false;
    for (Piece &role : roles)
        if (role.text == from) {
            role.text = to;
            named = true;
        }
    if (to.empty())
        std::erase_if(roles, [](const Piece &role) { return role.text.empty(); });
    return named;
}

} // namespace

Status label_roles(const Label &label, std::vector<std::string> &out) noexcept
{
    return guarded([&]() -> Status {
        out.clear();
        for (const Branch &branch : label.branches)
            add_names(branch.roles, out);
        if (label.searchable)
            add_names(label.searchable->roles, out);
        return Status::ok();
    });
}

Status rename_role(Label &label, std::string_view from, std::string_view to, bool &named) noexcept
{
    return guarded([&]() -> Status {
        named = false;
        for (Branch &branch : label.branches)
            named = rename_in(branch.roles, from, to) || named;
        std::erase_if(label.branches, [](const Branch &branch) { return branch.roles.empty(); });
        // Without FOR it would be for everybody.
        if (label.searchable && rename_in(label.searchable->roles, from, to)) {
            named = true;
            if (label.searchable->roles.empty())
                label.searchable.reset();
        }
        return Status::ok();
    });
}

} // namespace ddm::core
