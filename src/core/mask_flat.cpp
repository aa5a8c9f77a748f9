// A call built from plain parts.
#include "core/mask_flat.h"
#include "core/label.h"
#include "core/mask_row.h"

namespace ddm::core
{

// 'email()' inside json() or each().
static Status read_inner(std::string_view text, Argument &argument)
{
    Label label;
    if (Status s = parse_policy_mask(text, false, label); !s)
        return s;
    if (label.base.mask.kind != Mask::Kind::Function || label.base.when || !label.branches.empty() || label.searchable)
        return Status::error(Code::Unsupported, "only a mask function can stand inside another mask");
    argument.kind = Argument::Kind::Call;
    argument.text.clear();
    argument.call.push_back(std::move(label.base.mask.function));
    return Status::ok();
}

Status new_mask_call(std::string_view name, const FlatArgument *arguments, size_t count, MaskCall **call) noexcept
{
    return guarded([&]() -> Status {
        auto made = std::make_unique<MaskCall>();
        const MaskRow *row = find_mask(name);
        made->name = name;
        for (size_t i = 0; i < count; i++) {
            Argument a;
            a.kind = arguments[i].kind;
            a.text = arguments[i].text;
            if (a.kind == Argument::Kind::String && row != nullptr && wants_mask(*row, i))
                if (Status s = read_inner(arguments[i].text, a); !s)
                    return s;
            made->arguments.push_back(std::move(a));
        }
        *call = made.release();
        return Status::ok();
    });
}

void delete_mask_call(MaskCall *call) noexcept { delete call; }

} // namespace ddm::core
