// A call built from plain parts.
#include "core/mask_flat.h"
#include "core/status.h"

#include <memory>

namespace ddm::core
{

MaskCall *new_mask_call(std::string_view name, const FlatArgument *arguments, size_t count) noexcept
{
    std::unique_ptr<MaskCall> call;
    Status s = guarded([&]() -> Status {
        call = std::make_unique<MaskCall>();
        call->name = name;
        for (size_t i = 0; i < count; i++) {
            Argument a;
            a.kind = arguments[i].kind;
            a.text = arguments[i].text;
            call->arguments.push_back(std::move(a));
        }
        return Status::ok();
    });
    return s ? call.release() : nullptr;
}

void delete_mask_call(MaskCall *call) noexcept { delete call; }

} // namespace ddm::core
