// The WHEN conditions of a label: what they say, and the label with others in their places.
#include "core/label.h"

namespace ddm::core
{

namespace
{

void replace_one(Branch &branch, const std::string &condition)
{
    if (branch.when)
        branch.when->text = condition;
}

} // namespace

Status label_conditions(const Label &label, std::vector<std::string> &out) noexcept
{
    return guarded([&]() -> Status {
        out.assign(1, label.base.when ? label.base.when->text : "");
        for (const Branch &branch : label.branches)
            out.push_back(branch.when ? branch.when->text : "");
        return Status::ok();
    });
}

Status replace_conditions(Label &label, const std::vector<std::string> &conditions) noexcept
{
    return guarded([&]() -> Status {
        if (conditions.size() != label.branches.size() + 1)
            return Status::error(Code::Internal, "not as many conditions as the label has masks");
        replace_one(label.base, conditions[0]);
        for (size_t i = 0; i < label.branches.size(); i++)
            replace_one(label.branches[i], conditions[i + 1]);
        return Status::ok();
    });
}

} // namespace ddm::core
