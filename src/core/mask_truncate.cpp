// generalize(unit): the first moment of the stretch that a date or time falls in.
#include "core/mask_date.h"
#include "core/calendar.h"

#include <string>

namespace ddm::core
{

namespace
{

struct Unit {
    const char *name;
    KindSet kinds;
    int64_t microseconds; // of what is shorter than a day, else 0
};

constexpr Unit units[] = {
    {"minute", clock_kinds & ~set_of(Kind::Date), 60000000LL},
    {"hour", clock_kinds & ~set_of(Kind::Date), 3600000000LL},
    {"day", set_of(Kind::Timestamp, Kind::TimestampTz), 0},
    {"week", day_kinds, 0},
    {"month", day_kinds, 0},
    {"quarter", day_kinds, 0},
    {"year", day_kinds, 0},
    {"decade", day_kinds, 0},
    {"century", day_kinds, 0},
};

class TruncateMask final : public Masker
{
  public:
    TruncateMask(const Target &target, const Unit &unit) : Masker(target), unit(unit), name(unit.name) {}

    void apply(const Value &value, Output &out) const override
    {
        if (unit.microseconds > 0)
            out.integer = floor_div(value.integer, unit.microseconds) * unit.microseconds;
        else if (target.kind == Kind::Date)
            out.integer = start(value.integer);
        else
            out.integer = start(floor_div(value.integer, microseconds_of_day)) * microseconds_of_day;
    }

  private:
    int64_t start(int64_t days) const
    {
        if (name == "day")
            return days;
        if (name == "week") // 2000-01-03 was a Monday
            return floor_div(days - 2, 7) * 7 + 2;
        Civil c = civil_of(days);
        c.day = 1;
        if (name == "quarter")
            c.month = (c.month - 1) / 3 * 3 + 1;
        else if (name != "month")
            c.month = 1;
        if (name == "decade")
            c.year = floor_div(c.year, 10) * 10;
        else if (name == "century")
            c.year = floor_div(c.year - 1, 100) * 100 + 1;
        return days_of(c);
    }

    const Unit &unit;
    const std::string_view name;
};

std::string names_for(Kind kind)
{
    std::string names;
    for (const Unit &unit : units)
        if (unit.kinds & set_of(kind))
            names += std::string(names.empty() ? "'" : ", '") + unit.name + "'";
    return names;
}

} // namespace

Status make_truncate(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    for (const Unit &unit : units)
        if (arguments.text(0) == unit.name && (unit.kinds & set_of(target.kind))) {
            mask = std::make_unique<TruncateMask>(target, unit);
            return Status::ok();
        }
    return arguments.wrong(0, "unknown width of a date or time", "There are " + names_for(target.kind) + ".");
}

} // namespace ddm::core
