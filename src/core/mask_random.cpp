// random(low, high): a number or date that has nothing to do with the value. Each call draws anew, so that equal
// values do not show as equal, and the same row shows something else each time.
#include "core/mask_date.h"
#include "core/mask_number.h"
#include "core/moment.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
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

struct Bounds {
    int64_t low = 0, high = 0; // in units
    int scale = 0;
    int64_t unit = 1;
};

class RandomMask final : public Masker
{
  public:
    RandomMask(const Target &target, const Bounds &bounds) : Masker(target), bounds(bounds) {}
    RandomMask(const Target &target, double low, double high) : Masker(target), real_low(low), real_high(high) {}

    void apply(const Value &, Output &out) const override
    {
        if (target.kind == Kind::Float) {
            double unit = static_cast<double>(bits.next() >> 11) * 0x1.0p-53;
            out.real = real_low + (real_high - real_low) * unit;
            return;
        }
        uint64_t low = static_cast<uint64_t>(bounds.low), span = static_cast<uint64_t>(bounds.high) - low;
        int64_t drawn = static_cast<int64_t>(low + bits.up_to(span));
        if (target.kind == Kind::Numeric)
            answer_decimal(target, Decimal{static_cast<Wide>(drawn) * bounds.unit, bounds.scale}, out);
        else
            out.integer = drawn * bounds.unit;
    }

  private:
    mutable RandomBits bits;
    const Bounds bounds;
    const double real_low = 0, real_high = 0;
};

// Whole numbers of the last digit that is drawn: the column's, or of numeric without a precision the bounds'.
Status number_bounds(const Arguments &arguments, const Target &target, Bounds &bounds)
{
    std::optional<Decimal> ends[2];
    int scale = target.precision > 0 ? std::max(0, target.scale) : 0;
    bounds.unit =
        static_cast<int64_t>(power_of_ten(target.precision > 0 ? std::clamp(-target.scale, 0, 18) : 0).value_or(1));
    for (size_t i = 0; i < 2; i++) {
        ends[i] = Decimal::parse(arguments.text(i));
        if (!ends[i] || !is_of_column(target, *ends[i]))
            return arguments.wrong(i, "a bound must be a number of the column's type");
        scale = std::max(scale, ends[i]->scale);
    }
    for (size_t i = 0; i < 2; i++) {
        ends[i] = ends[i]->at_scale(scale);
        if (!ends[i] || ends[i]->digits < INT64_MIN || ends[i]->digits > INT64_MAX)
            return arguments.wrong(i, "a bound is out of range");
    }
    bounds.low = static_cast<int64_t>(ends[0]->digits) / bounds.unit;
    bounds.high = static_cast<int64_t>(ends[1]->digits) / bounds.unit;
    bounds.scale = scale;
    return Status::ok();
}

// Microseconds in the last digit of a second that the column keeps; 1 of a date.
int64_t clock_unit(const Target &target)
{
    int64_t unit = 1;
    for (int digits = target.kind == Kind::Date ? 6 : target.scale; digits < 6; digits++)
        unit *= 10;
    return unit;
}

Status clock_bounds(const Arguments &arguments, const Target &target, Bounds &bounds)
{
    std::optional<int64_t> low = parse_moment(arguments.text(0), target.kind),
                           high = parse_moment(arguments.text(1), target.kind);
    if (!low || !high)
        return arguments.wrong(low ? 1 : 0, "a bound must be a date or time of the column's type",
                               target.kind == Kind::Time ? "Write it as 'HH:MM:SS'."
                               : target.kind == Kind::Date
                                   ? "Write it as 'YYYY-MM-DD'."
                                   : "Write it as 'YYYY-MM-DD' or 'YYYY-MM-DD HH:MM:SS', in UTC.");
    int64_t unit = bounds.unit = clock_unit(target);
    if (*low % unit != 0 || *high % unit != 0)
        return arguments.wrong(*low % unit != 0 ? 0 : 1, "a bound has more digits than the column's type keeps");
    bounds.low = *low / unit;
    bounds.high = *high / unit;
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
    if (Status s = set_of(target.kind) & clock_kinds ? clock_bounds(arguments, target, bounds)
                                                     : number_bounds(arguments, target, bounds);
        !s)
        return s;
    if (bounds.low >= bounds.high)
        return arguments.wrong(1, "the upper bound must be above the lower");
    if (target.kind != Kind::Numeric &&
        (bounds.low < target.lowest / bounds.unit || bounds.high > target.highest / bounds.unit))
        return arguments.wrong(0, "the bounds do not fit the column's type");
    mask = std::make_unique<RandomMask>(target, bounds);
    return Status::ok();
}

} // namespace ddm::core
