// The WHEN conditions of a label: what they say, and the label with others in their places.
#include "core/label.h"

namespace ddm::core
{

namespace
{

void replace_one(Branch &branch, const std::string &condition)
{
    if (!branch.when)
        return;
    if (condition.empty())
        branch.when.reset();
    else
        branch.when->text = condition;
}

// For which rows a branch was is not known any more.
Status replace_in_branch(Branch &branch, const std::string &condition)
{
    Label by_default;

    if (branch.when && condition.empty()) {
        if (Status status = parse_label("MASKED WITH FUNCTION default()", by_default); !status)
            return status;
        branch.mask = by_default.base.mask;
    }
    replace_one(branch, condition);
    return Status::ok();
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
            if (Status status = replace_in_branch(label.branches[i], conditions[i + 1]); !status)
                return status;
        return Status::ok();
    });
}

} // namespace ddm::core
