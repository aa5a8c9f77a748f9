// random(low, high): a number or date that has nothing to do with the value. Each call draws anew, so that equal
// values do not show as equal, and the same row shows something else each time.
#include "core/mask_number.h"
#include "core/calendar.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <cmath>
#include <cstdlib>
#include <stdexcept>

namespace ddm::core
{

namespace
{

// Bytes from OpenSSL's generator, taken in blocks.
class RandomBits
{
  public:
    ~RandomBits() { OPENSSL_cleanse(pool, sizeof pool); }

    uint64_t next()
    {
        if (left < sizeof(uint64_t)) {
            if (RAND_bytes(pool, sizeof pool) != 1)
                throw std::runtime_error("no random numbers");
            left = sizeof pool;
        }
        left -= sizeof(uint64_t);
        uint64_t bits;
        std::memcpy(&bits, pool + left, sizeof bits);
        return bits;
    }

    // 0 to `bound` inclusive, without bias.
    uint64_t up_to(uint64_t bound)
    {
        if (bound == UINT64_MAX)
            return next();
        uint64_t count = bound + 1, reject = (UINT64_MAX - count + 1) % count, bits;
        do
            bits = next();
        while (bits < reject);
        return bits % count;
    }

  private:
    unsigned char pool[512];
    size_t left = 0;
};

class RandomMask final : public Masker
{
  public:
    RandomMask(const Target &target, int64_t low, int64_t high, int scale)
        : Masker(target), low(low), high(high), scale(scale)
    {
    }
    RandomMask(const Target &target, double low, double high)
        : Masker(target), low(0), high(0), scale(0), real_low(low), real_high(high)
    {
    }

    void apply(const Value &, Output &out) const override
    {
        if (target.kind == Kind::Float) {
            double unit = static_cast<double>(bits.next() >> 11) * 0x1.0p-53;
            out.real = real_low + (real_high - real_low) * unit;
            return;
        }
        uint64_t span = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
        int64_t drawn = static_cast<int64_t>(static_cast<uint64_t>(low) + bits.up_to(span));
        if (target.kind == Kind::Numeric)
            answer_decimal(target, Decimal{drawn, scale}, out);
        else
            out.integer = drawn;
    }

  private:
    mutable RandomBits bits;
    const int64_t low, high;
    const int scale;
    const double real_low = 0, real_high = 0;
};

// 'YYYY-MM-DD', optionally 'HH:MM[:SS]' after it, in the unit of the kind.
std::optional<int64_t> parse_day(const std::string &text, Kind kind)
{
    int year, month, day, hour = 0, minute = 0, second = 0, used = 0;
    int fields = std::sscanf(text.c_str(), "%4d-%2d-%2d%n", &year, &month, &day, &used);
    if (fields != 3 || used != 10 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return {};
    if (text.size() > 10) {
        int more = 0;
        if (kind == Kind::Date ||
            std::sscanf(text.c_str() + 10, " %2d:%2d%n:%2d%n", &hour, &minute, &more, &second, &more) < 2 ||
            hour > 23 || minute > 59 || second > 59)
            return {};
    }
    int64_t days = days_of({year, month, day});
    return kind == Kind::Date ? days : days * microseconds_of_day + (hour * 3600LL + minute * 60 + second) * 1000000;
}

struct Bounds {
    int64_t low = 0, high = 0;
    int scale = 0;
};

Status number_bounds(const Arguments &arguments, const Target &target, Bounds &bounds)
{
    std::optional<Decimal> ends[2];
    int scale = target.kind == Kind::Integer ? 0 : target.precision > 0 ? std::max(0, target.scale) : 0;
    for (size_t i = 0; i < 2; i++) {
        ends[i] = Decimal::parse(arguments.text(i));
        if (!ends[i] || (target.kind == Kind::Integer && ends[i]->scale > 0))
            return arguments.wrong(i, "a bound must be a number of the column's type");
        scale = std::max(scale, ends[i]->scale);
    }
    for (size_t i = 0; i < 2; i++) {
        ends[i] = ends[i]->at_scale(scale);
        if (!ends[i] || ends[i]->digits < INT64_MIN || ends[i]->digits > INT64_MAX)
            return arguments.wrong(i, "a bound is out of range");
    }
    bounds = {static_cast<int64_t>(ends[0]->digits), static_cast<int64_t>(ends[1]->digits), scale};
    return Status::ok();
}

Status day_bounds(const Arguments &arguments, const Target &target, Bounds &bounds)
{
    std::optional<int64_t> low = parse_day(arguments.text(0), target.kind),
                           high = parse_day(arguments.text(1), target.kind);
    if (!low || !high)
        return arguments.wrong(low ? 1 : 0, "a bound must be a date", "Write it as 'YYYY-MM-DD'.");
    bounds = {*low, *high, 0};
    return Status::ok();
}

} // namespace

Status make_random(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    Bounds bounds;
    if (target.kind == Kind::Float) {
        std::optional<Decimal> low = Decimal::parse(arguments.text(0)), high = Decimal::parse(arguments.text(1));
        if (!low || !high)
            return arguments.wrong(low ? 1 : 0, "a bound must be a number of the column's type");
        double from = std::stod(low->text()), to = std::stod(high->text());
        if (!(from < to))
            return arguments.wrong(1, "the upper bound must be above the lower");
        mask = std::make_unique<RandomMask>(target, from, to);
        return Status::ok();
    }
    if (Status s = set_of(target.kind) & day_kinds ? day_bounds(arguments, target, bounds)
                                                   : number_bounds(arguments, target, bounds);
        !s)
        return s;
    if (bounds.low >= bounds.high)
        return arguments.wrong(1, "the upper bound must be above the lower");
    if (target.kind != Kind::Numeric && (bounds.low < target.lowest || bounds.high > target.highest))
        return arguments.wrong(0, "the bounds do not fit the column's type");
    mask = std::make_unique<RandomMask>(target, bounds.low, bounds.high, bounds.scale);
    return Status::ok();
}

} // namespace ddm::core
