// Decimal numbers in 128 bits.
#include "core/decimal.h"

#include <algorithm>

namespace ddm::core
{

static constexpr int most_digits = 36;
static constexpr int most_scale = 18;

std::optional<Wide> power_of_ten(int exponent)
{
    if (exponent < 0 || exponent > most_digits)
        return {};
    Wide power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

static std::optional<Decimal> read(std::string_view text, bool cut)
{
    Decimal d;
    bool negative = false, point = false, left_out = false;
    int count = 0;
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
        negative = text[0] == '-';
        text.remove_prefix(1);
    }
    if (text.empty() || text == ".")
        return {};
    for (char c : text) {
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9')
            return {};
        if (count == most_digits || d.scale == most_scale) {
            if (!cut || !point)
                return {};
            left_out = left_out || c != '0';
            continue;
        }
        count++;
        d.scale += point;
        d.digits = d.digits * 10 + (c - '0');
    }
    if (negative)
        d.digits = -d.digits - left_out;
    return d;
}

std::optional<Decimal> Decimal::parse(std::string_view text) { return read(text, false); }
std::optional<Decimal> Decimal::parse_cut(std::string_view text) { return read(text, true); }

std::optional<Decimal> Decimal::at_scale(int wanted) const
{
    std::optional<Wide> power = power_of_ten(wanted - scale);
    Wide result;
    if (!power || wanted > most_scale || __builtin_mul_overflow(digits, *power, &result))
        return {};
    return Decimal{result, wanted};
}

std::optional<Decimal> Decimal::rounded(int to) const
{
    if (to >= scale)
        return *this;
    std::optional<Wide> power = power_of_ten(scale - to);
    if (!power)
        return Decimal{0, 0};
    Wide half = *power / 2;
    Wide kept = (digits >= 0 ? digits + half : digits - half) / *power;
    if (to >= 0)
        return Decimal{kept, to};
    std::optional<Wide> zeros = power_of_ten(-to);
    Wide result;
    if (!zeros || __builtin_mul_overflow(kept, *zeros, &result))
        return {};
    return Decimal{result, 0};
}

Decimal Decimal::shortest() const
{
    Decimal d = *this;
    while (d.scale > 0 && d.digits % 10 == 0) {
        d.digits /= 10;
        d.scale--;
    }
    return d;
}

std::string Decimal::text() const
{
    std::string reversed;
    bool negative = digits < 0;
    Wide left = negative ? -digits : digits;
    for (int i = 0; left > 0 || i <= scale; i++) {
        if (i == scale && scale > 0)
            reversed.push_back('.');
        reversed.push_back(static_cast<char>('0' + static_cast<int>(left % 10)));
        left /= 10;
    }
    if (negative)
        reversed.push_back('-');
    std::reverse(reversed.begin(), reversed.end());
    return reversed;
}

} // namespace ddm::core
