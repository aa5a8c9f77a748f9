// Decimal numbers as the server prints them: a whole number and how many of its digits stand behind the point.
#pragma once

#include "core/mask_value.h"

#include <optional>
#include <string>
#include <string_view>

namespace ddm::core
{

__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 UnsignedWide;

struct Decimal {
    Wide digits = 0; // with its sign
    int scale = 0;   // 0 to 18

    // At most 36 digits, 18 of them behind the point; empty for more, NaN, Infinity and what is no number.
    static std::optional<Decimal> parse(std::string_view text);
    // Likewise, but digits behind the point for which there is no room are left out, downwards.
    static std::optional<Decimal> parse_cut(std::string_view text);
    static Decimal whole(int64_t number) { return {number, 0}; }

    // The same number with more digits behind the point; empty where it would not fit.
    std::optional<Decimal> at_scale(int scale) const;
    // Rounded, half away from zero; the scale may be negative (hundreds) and the result has max(0, to) digits.
    std::optional<Decimal> rounded(int to) const;
    std::string text() const;
    // Without zeros at the end, so that 1.50 and 1.5 are one.
    Decimal shortest() const;
};

std::optional<Wide> power_of_ten(int exponent);

} // namespace ddm::core
