// bucket, round_to and generalize: numbers and dates made coarser.
#include "core/mask_number.h"
#include "core/calendar.h"

#include <cmath>

namespace ddm::core
{

std::optional<Decimal> decimal_of(const Target &target, const Value &value)
{
    return target.kind == Kind::Integer ? Decimal::whole(value.integer) : Decimal::parse(value.bytes);
}

static bool fits_precision(const Target &target, const Decimal &d)
{
    if (target.precision == 0)
        return true;
    std::optional<Wide> bound = power_of_ten(target.precision - target.scale + d.scale);
    return bound && d.digits < *bound && d.digits > -*bound;
}

void answer_decimal(const Target &target, std::optional<Decimal> result, Output &out)
{
    if (result && target.kind == Kind::Integer)
        result = result->rounded(0);
    else if (result && target.precision > 0)
        result = result->rounded(target.scale);
    if (!result || !fits_precision(target, *result)) {
        out.outcome = Output::Outcome::Default;
        return;
    }
    if (target.kind == Kind::Numeric) {
        out.append(result->text());
        return;
    }
    if (result->digits < INT64_MIN || result->digits > INT64_MAX)
        out.outcome = Output::Outcome::Default;
    else
        out.integer = static_cast<int64_t>(result->digits);
}

static std::optional<Decimal> floor_to(const Decimal &value, const Decimal &width)
{
    int scale = std::max(value.scale, width.scale);
    std::optional<Decimal> v = value.at_scale(scale), w = width.at_scale(scale);
    if (!v || !w)
        return {};
    Wide rest = v->digits % w->digits;
    Wide lower;
    if (__builtin_sub_overflow(v->digits, rest < 0 ? rest + w->digits : rest, &lower))
        return {};
    return Decimal{lower, scale};
}

// The lower end of the bucket that the number falls in; of a text that holds a number, "[lower,upper)".
class BucketMask final : public Masker
{
  public:
    BucketMask(const Target &target, Decimal width) : Masker(target), width(width), step(std::stod(width.text())) {}

    void apply(const Value &value, Output &out) const override
    {
        if (target.kind == Kind::Float) {
            out.real = std::floor(value.real / step) * step;
            return;
        }
        if (target.kind != Kind::Text) {
            std::optional<Decimal> d = decimal_of(target, value);
            answer_decimal(target, d ? floor_to(*d, width) : d, out);
            return;
        }
        std::optional<Decimal> d = Decimal::parse(value.bytes), lower, upper;
        if (d)
            lower = floor_to(*d, width);
        if (lower)
            upper = add(*lower);
        if (!upper) {
            out.append(default_literal(Kind::Text));
            return;
        }
        out.append("[" + lower->shortest().text() + "," + upper->shortest().text() + ")");
    }

  private:
    std::optional<Decimal> add(const Decimal &lower) const
    {
        std::optional<Decimal> w = width.at_scale(lower.scale);
        Wide sum;
        if (!w || __builtin_add_overflow(lower.digits, w->digits, &sum))
            return {};
        return Decimal{sum, lower.scale};
    }

    const Decimal width;
    const double step;
};

// The first moment of the unit that the date falls in.
class TruncateMask final : public Masker
{
  public:
    TruncateMask(const Target &target, std::string unit) : Masker(target), unit(std::move(unit)) {}

    static bool knows(const std::string &unit, Kind kind)
    {
        bool of_day = unit == "day" || unit == "hour";
        return unit == "week" || unit == "month" || unit == "quarter" || unit == "year" || unit == "decade" ||
               unit == "century" || (of_day && kind != Kind::Date);
    }

    void apply(const Value &value, Output &out) const override
    {
        if (target.kind == Kind::Date) {
            out.integer = start(value.integer);
            return;
        }
        if (unit == "hour") {
            out.integer = floor_div(value.integer, microseconds_of_day / 24) * (microseconds_of_day / 24);
            return;
        }
        out.integer = start(floor_div(value.integer, microseconds_of_day)) * microseconds_of_day;
    }

  private:
    int64_t start(int64_t days) const
    {
        if (unit == "day")
            return days;
        if (unit == "week") // 2000-01-03 was a Monday
            return floor_div(days - 2, 7) * 7 + 2;
        Civil c = civil_of(days);
        c.day = 1;
        if (unit == "quarter")
            c.month = (c.month - 1) / 3 * 3 + 1;
        else if (unit != "month")
            c.month = 1;
        if (unit == "decade")
            c.year = floor_div(c.year, 10) * 10;
        else if (unit == "century")
            c.year = floor_div(c.year - 1, 100) * 100 + 1;
        return days_of(c);
    }

    const std::string unit;
};

static Status make_number_bucket(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    std::optional<Decimal> width = Decimal::parse(arguments.text(0));
    if (!width || width->digits <= 0)
        return arguments.wrong(0, "the width must be a number above zero");
    if (target.kind == Kind::Integer && (width->scale > 0 || width->digits < 2))
        return arguments.wrong(0, "of whole numbers the width must be a whole number above one",
                               "A smaller one would show the value.");
    mask = std::make_unique<BucketMask>(target, *width);
    return Status::ok();
}

static Status make_truncate(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    if (!TruncateMask::knows(arguments.text(0), target.kind))
        return arguments.wrong(
            0, "unknown width of a date",
            "There are 'week', 'month', 'quarter', 'year', 'decade', 'century', and for times 'day' and 'hour'.");
    mask = std::make_unique<TruncateMask>(target, arguments.text(0));
    return Status::ok();
}

Status make_bucket(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    return make_number_bucket(arguments, target, mask);
}

Status make_generalize(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    return set_of(target.kind) & day_kinds ? make_truncate(arguments, target, mask)
                                           : make_number_bucket(arguments, target, mask);
}

// Rounded to so many digits behind the point, half away from zero; below zero to tens, hundreds, ...
class RoundMask final : public Masker
{
  public:
    RoundMask(const Arguments &arguments, const Target &target)
        : Masker(target), digits(static_cast<int>(arguments.integer(0)))
    {
    }

    void apply(const Value &value, Output &out) const override
    {
        if (target.kind == Kind::Float) {
            double power = std::pow(10.0, std::abs(digits));
            out.real = digits >= 0 ? std::round(value.real * power) / power : std::round(value.real / power) * power;
            if (!std::isfinite(out.real))
                out.outcome = Output::Outcome::Default;
            return;
        }
        std::optional<Decimal> d = decimal_of(target, value);
        answer_decimal(target, d ? d->rounded(digits) : d, out);
    }

  private:
    const int digits;
};

Status make_round_to(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    bool shows_all = target.kind == Kind::Integer ? arguments.integer(0) >= 0
                                                  : target.precision > 0 && arguments.integer(0) >= target.scale;
    if (shows_all)
        return arguments.wrong(0, "rounding to so many digits would show the whole value",
                               "Digits below zero round to tens, hundreds and so on.");
    mask = std::make_unique<RoundMask>(arguments, target);
    return Status::ok();
}

} // namespace ddm::core
