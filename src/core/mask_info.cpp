// The catalogue as ddm.functions shows it.
#include "core/mask_row.h"

namespace ddm::core
{

static const char *const kind_names[] = {"text",      "integer",     "float", "numeric",  "boolean", "date",
                                         "timestamp", "timestamptz", "time",  "interval", "uuid",    "bytea",
                                         "json",      "inet",        "enum",  "range",    "array",   "other"};

size_t mask_count() noexcept { return mask_catalogue().size(); }

MaskInfo mask_info(size_t index) noexcept
{
    const MaskRow &row = mask_catalogue()[index];
    return {row.name, row.family, row.keyed, row.repeatable, row.description, row.source};
}

int mask_strictness(const MaskCall &call) noexcept
{
    const MaskRow *row = call.schema.empty() || call.schema == "ddm" ? find_mask(call.name) : nullptr;
    if (row == nullptr)
        return 2;
    switch (row->effect) {
    case Effect::Default:
    case Effect::Constant:
    case Effect::Null:
        return 4;
    case Effect::Identity:
        return 0;
    case Effect::Compute:
    case Effect::Each:
        break;
    }
    return row->hides_all ? 3 : 2;
}

void mask_arguments(size_t index, Output &out) noexcept
{
    (void)guarded([&]() -> Status {
        std::string text = signature_of(mask_catalogue()[index]);
        text.pop_back();
        out.append(std::string_view(text).substr(text.find('(') + 1));
        return Status::ok();
    });
}

void mask_kinds(size_t index, Output &out) noexcept
{
    KindSet kinds = mask_catalogue()[index].kinds;
    if (kinds == every_kind) {
        out.append("any");
        return;
    }
    bool first = true;
    for (size_t i = 0; i < std::size(kind_names); i++) {
        if (!(kinds & (1U << i)))
            continue;
        out.append(first ? "" : ", ");
        out.append(kind_names[i]);
        first = false;
    }
}

} // namespace ddm::core
