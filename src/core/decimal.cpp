// Decimal numbers in 128 bits.
#include "core/decimal.h"

#include <algorithm>
#include <array>

namespace ddm::core
{

static constexpr int most_digits = 36;
static constexpr int most_scale = 18;

// 10 to the 0 to 36.
static constexpr auto powers = [] {
    std::array<Wide, most_digits + 1> table{};
    table[0] = 1;
    for (size_t i = 1; i < table.size(); i++)
        table[i] = table[i - 1] * 10;
    return table;
}();

std::optional<Wide> power_of_ten(int exponent)
{
    if (exponent < 0 || exponent > most_digits)
        return {};
    return powers[static_cast<size_t>(exponent)];
}

static std::optional<Decimal> read(std::string_view text, bool cut)
{
    Decimal d;
    bool negative = false, point = false, left_out = false;
    int count = 0;
    uint64_t small = 0; // the first 18 digits: wide arithmetic is slow
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
        negative = text[0] == '-';
        text.remove_prefix(1);
    }
    if (text.empty() || text == ".")
        return {};
    size_t whole = 0;
    for (; whole < text.size() && whole < 18 && text[whole] >= '0' && text[whole] <= '9'; whole++)
        small = small * 10 + static_cast<uint64_t>(text[whole] - '0');
    count = static_cast<int>(whole);
    for (char c : text.substr(whole)) {
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
        if (count <= 18)
            small = small * 10 + static_cast<uint64_t>(c - '0');
        else
            d.digits = (count == 19 ? static_cast<Wide>(small) : d.digits) * 10 + (c - '0');
    }
    if (count <= 18)
        d.digits = static_cast<Wide>(small);
    if (negative)
        d.digits = -d.digits - left_out;
    return d;
}

std::optional<Decimal> Decimal::parse(std::string_view text) { return read(text, false); }
std::optional<Decimal> Decimal::parse_cut(std::string_view text) { return read(text, true); }

std::optional<Decimal> Decimal::at_scale(int wanted) const
{
    if (wanted == scale)
        return *this;
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
    char buffer[48];
    char *const end = buffer + sizeof buffer, *at = end;
    UnsignedWide left = digits < 0 ? -static_cast<UnsignedWide>(digits) : static_cast<UnsignedWide>(digits);
    while (left > UINT64_MAX) { // eighteen digits at a time: wide arithmetic is slow
        uint64_t low = static_cast<uint64_t>(left % static_cast<UnsignedWide>(powers[18]));
        left /= static_cast<UnsignedWide>(powers[18]);
        for (int i = 0; i < 18; i++, low /= 10)
            *--at = static_cast<char>('0' + low % 10);
    }
    for (uint64_t rest = static_cast<uint64_t>(left); rest > 0; rest /= 10)
        *--at = static_cast<char>('0' + rest % 10);

    size_t count = static_cast<size_t>(end - at), behind = static_cast<size_t>(std::max(0, scale));
    std::string result(digits < 0 ? "-" : "");
    result.append(at, count > behind ? count - behind : 0);
    if (count <= behind)
        result.push_back('0');
    if (behind > 0) {
        result.push_back('.');
        result.append(count < behind ? behind - count : 0, '0');
        result.append(end - std::min(count, behind), std::min(count, behind));
    }
    return result;
}

} // namespace ddm::core
