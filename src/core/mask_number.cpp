// bucket, round_to and generalize of numbers: made coarser.
#include "core/mask_number.h"
#include "core/mask_date.h"

#include <fmt/format.h>

#include <algorithm>
#include <cfloat>
#include <charconv>
#include <cmath>

namespace ddm::core
{

std::optional<Decimal> decimal_of(const Target &target, const Value &value)
{
    return target.kind == Kind::Integer ? Decimal::whole(value.integer) : Decimal::parse_cut(value.bytes);
}

double unit_of(const Target &target)
{
    return target.kind == Kind::Integer ? 1
           : target.kind == Kind::Float ? std::pow(10.0, -target.precision)
           : target.precision > 0       ? std::pow(10.0, -target.scale)
                                        : 0;
}

// Is a float of this size exact to less than half of `width`? Where not, making it coarser would leave it as it is.
static bool coarser(const Target &target, double value, double width)
{
    double size = std::fabs(value);
    double step = target.precision <= FLT_DIG
                      ? static_cast<double>(std::nextafterf(static_cast<float>(size), INFINITY)) - size
                      : std::nextafter(size, INFINITY) - size;
    return step <= width / 2;
}

void answer_float(double result, Output &out)
{
    if (std::isfinite(result))
        out.real = result;
    else
        out.outcome = Output::Outcome::Default;
}

static bool fits_precision(const Target &target, const Decimal &d)
{
    if (target.precision == 0)
        return true;
    std::optional<Wide> bound = power_of_ten(target.precision - target.scale + d.scale);
    return bound && d.digits < *bound && d.digits > -*bound;
}

bool is_of_column(const Target &target, const Decimal &number)
{
    std::optional<Decimal> kept = number;
    if (target.kind == Kind::Integer)
        kept = number.rounded(0);
    else if (target.precision > 0)
        kept = number.rounded(target.scale);
    return kept && kept->shortest().text() == number.shortest().text() && fits_precision(target, *kept);
}

static bool is_small(Wide digits) { return digits == static_cast<int64_t>(digits); }

void answer_decimal(const Target &target, std::optional<Decimal> result, Output &out)
{
    if (result && target.kind == Kind::Integer && result->scale > 0)
        result = result->rounded(0);
    else if (result && target.precision > 0)
        result = result->rounded(target.scale);
    if (!result || !fits_precision(target, *result)) {
        out.outcome = Output::Outcome::Default;
        return;
    }
    if (target.kind == Kind::Integer) {
        out.integer = static_cast<int64_t>(result->digits);
        out.outcome = is_small(result->digits) ? Output::Outcome::Value : Output::Outcome::Default;
        return;
    }
    const std::optional<Decimal> whole =
        target.takes_integers ? result->at_scale(std::max(result->scale, target.scale)) : std::nullopt;
    if (whole && is_small(whole->digits)) {
        out.integer = static_cast<int64_t>(whole->digits);
        out.scale = whole->scale;
    } else {
        out.append(result->text());
    }
}

static std::optional<Decimal> floor_to(const Decimal &value, const Decimal &width)
{
    int scale = std::max(value.scale, width.scale);
    std::optional<Decimal> v = value.at_scale(scale), w = width.at_scale(scale);
    if (!v || !w)
        return {};
    // Wide arithmetic is slow.
    Wide rest = is_small(v->digits) && is_small(w->digits)
                    ? static_cast<int64_t>(v->digits) % static_cast<int64_t>(w->digits)
                    : v->digits % w->digits;
    Wide lower;
    if (__builtin_sub_overflow(v->digits, rest < 0 ? rest + w->digits : rest, &lower))
        return {};
    return Decimal{lower, scale};
}

// The lower end of the bucket that the number falls in; of a text that holds a number, "[lower,upper)".
class BucketMask final : public Masker
{
  public:
    BucketMask(const Target &target, Decimal width)
        : Masker(target), width(width),
          whole_width(width.scale == 0 && width.digits < most_whole ? static_cast<int64_t>(width.digits) : 0),
          step(std::stod(width.text()))
    {
    }

    void apply(const Value &value, Output &out) const override
    {
        if (target.kind == Kind::Float) {
            answer_float(coarser(target, value.real, step) ? std::floor(value.real / step) * step : NAN, out);
            return;
        }
        if (target.kind != Kind::Text) {
            std::optional<Decimal> d = decimal_of(target, value);
            answer_decimal(target, d ? floor_to(*d, width) : d, out);
            return;
        }
        if (whole_width > 0 && say_whole(value.bytes, out))
            return;
        std::optional<Decimal> d = Decimal::parse(value.bytes), lower, upper;
        if (d)
            lower = floor_to(*d, width);
        if (lower)
            upper = add(*lower);
        if (!upper) {
            out.append(default_literal(Kind::Text));
            return;
        }
        out.append("[", lower->shortest().text(), ",", upper->shortest().text(), ")");
    }

  private:
    static constexpr int64_t most_whole = 1000000000000000000;

    // Nearly every number is whole, and has at most eighteen digits.
    bool say_whole(std::string_view text, Output &out) const
    {
        int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || end != text.data() + text.size() || number >= most_whole || number <= -most_whole)
            return false;
        const int64_t rest = number % whole_width, lower = number - (rest < 0 ? rest + whole_width : rest);
        const fmt::format_int from(lower), to(lower + whole_width);
        out.append("[", std::string_view(from.data(), from.size()), ",", std::string_view(to.data(), to.size()), ")");
        return true;
    }

    std::optional<Decimal> add(const Decimal &lower) const
    {
        std::optional<Decimal> w = width.at_scale(lower.scale);
        Wide sum;
        if (!w || __builtin_add_overflow(lower.digits, w->digits, &sum))
            return {};
        return Decimal{sum, lower.scale};
    }

    const Decimal width;
    const int64_t whole_width; // or 0
    const double step;
};

static Status make_number_bucket(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    std::optional<Decimal> width = Decimal::parse(arguments.text(0));
    if (!width || width->digits <= 0)
        return arguments.wrong(0, "the width must be a number above zero");
    if (target.kind == Kind::Integer && width->scale > 0)
        return arguments.wrong(0, "of whole numbers the width must be a whole number");
    // Two numbers at least to a bucket.
    if (std::stod(width->text()) < 2 * unit_of(target))
        return arguments.wrong(0, "so small a width would show the whole value",
                               "It must be at least two units of the column's last digit.");
    mask = std::make_unique<BucketMask>(target, *width);
    return Status::ok();
}

Status make_bucket(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    return make_number_bucket(arguments, target, mask);
}

Status make_generalize(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    return set_of(target.kind) & clock_kinds ? make_truncate(arguments, target, mask)
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
            double width = std::pow(10.0, -digits), power = std::pow(10.0, std::abs(digits));
            double result =
                digits >= 0 ? std::round(value.real * power) / power : std::round(value.real / power) * power;
            answer_float(coarser(target, value.real, width) ? result : NAN, out);
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
                     : target.kind == Kind::Float ? arguments.integer(0) >= target.precision
                                                  : target.precision > 0 && arguments.integer(0) >= target.scale;
    if (shows_all)
        return arguments.wrong(0, "rounding to so many digits would show the whole value",
                               "Digits below zero round to tens, hundreds and so on.");
    mask = std::make_unique<RoundMask>(arguments, target);
    return Status::ok();
}

} // namespace ddm::core
