// Running a mask over one value, and making the result fit its column.
#include "core/mask_row.h"

namespace ddm::core
{

size_t mask_capacity(const Masker &mask, size_t input) noexcept
{
    size_t size = mask.capacity(input);
    return mask.target.blank_padded ? size + static_cast<size_t>(mask.target.limit) : size;
}

void fit_text(const Target &target, Output &out)
{
    if (target.limit <= 0 || !out.fits())
        return;
    size_t limit = static_cast<size_t>(target.limit);
    if (out.size > limit || target.blank_padded) {
        const char *end = target.encoding.skip(out.data, out.data + out.size, limit);
        out.size = static_cast<size_t>(end - out.data);
    }
    if (target.blank_padded) {
        size_t characters = target.encoding.count(std::string_view(out.data, out.size));
        if (characters < limit)
            out.append(limit - characters, ' ');
    }
}

static bool fits_numbers(const Target &target, const Output &out)
{
    switch (target.kind) {
    case Kind::Integer:
    case Kind::Date:
    case Kind::Timestamp:
    case Kind::TimestampTz:
    case Kind::Time:
        return out.integer >= target.lowest && out.integer <= target.highest;
    default:
        return true;
    }
}

static void fit(const Target &target, Output &out)
{
    if (out.outcome != Output::Outcome::Value)
        return;
    if (target.kind == Kind::Text)
        fit_text(target, out);
    else if (!fits_numbers(target, out))
        out.outcome = Output::Outcome::Default;
}

// As guarded() does, without a status: this runs for each value.
void run_mask(const Masker &mask, const Value &value, Output &out) noexcept
{
    try {
        mask.apply(value, out);
        if (!mask.always_fits)
            fit(mask.target, out);
    } catch (...) {
        out.outcome = Output::Outcome::Default;
    }
}

void Output::copy_long(char *to, const char *from, size_t count) noexcept { std::memcpy(to, from, count); }

MaskFunction mask_function(const Masker &mask) noexcept { return mask.run; }

} // namespace ddm::core
