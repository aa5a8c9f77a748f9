// date(part, ...): the named parts of a date or time stay, the others become those of 1900-01-01 00:00:00.
#include "core/mask_date.h"
#include "core/calendar.h"

#include <algorithm>

namespace ddm::core
{

namespace
{

enum Part : unsigned { Year = 1, Month = 2, Day = 4, Hour = 8, Minute = 16, Second = 32 };

constexpr struct {
    const char *name;
    char letter; // SQL Server's: datetime("YMDhms")
    unsigned part;
} parts[] = {{"year", 'Y', Year}, {"month", 'M', Month},   {"day", 'D', Day},
             {"hour", 'h', Hour}, {"minute", 'm', Minute}, {"second", 's', Second}};

unsigned part_of(const std::string &name)
{
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? c | 0x20 : c; });
    for (const auto &part : parts)
        if (lower == part.name)
            return part.part;
    unsigned letters = 0;
    for (char c : name) {
        const auto *found =
            std::find_if(std::begin(parts), std::end(parts), [c](const auto &p) { return p.letter == c; });
        if (found == std::end(parts))
            return 0;
        letters |= found->part;
    }
    return letters;
}

class DateMask final : public Masker
{
  public:
    DateMask(const Target &target, unsigned kept) : Masker(target), kept(kept) {}

    void apply(const Value &value, Output &out) const override
    {
        if (target.kind == Kind::Date) {
            out.integer = day(value.integer);
            return;
        }
        if (target.kind == Kind::Time) {
            out.integer = time(value.integer);
            return;
        }
        int64_t days = floor_div(value.integer, microseconds_of_day);
        out.integer = day(days) * microseconds_of_day + time(value.integer - days * microseconds_of_day);
    }

  private:
    int64_t day(int64_t days) const
    {
        Civil c = civil_of(days);
        if (!(kept & Year))
            c.year = 1900;
        if (!(kept & Month))
            c.month = 1;
        if (!(kept & Day))
            c.day = 1;
        c.day = std::min(c.day, days_in_month(c.year, c.month));
        return days_of(c);
    }
    int64_t time(int64_t microseconds) const
    {
        int64_t seconds = microseconds / 1000000;
        int64_t result = 0;
        if (kept & Hour)
            result += seconds / 3600 * 3600;
        if (kept & Minute)
            result += seconds / 60 % 60 * 60;
        if (kept & Second)
            result += seconds % 60;
        return result * 1000000;
    }

    const unsigned kept;
};

unsigned parts_of_kind(Kind kind)
{
    unsigned day = Year | Month | Day, time = Hour | Minute | Second;
    return kind == Kind::Date ? day : kind == Kind::Time ? time : day | time;
}

} // namespace

Status make_date(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    unsigned kept = 0, there_are = parts_of_kind(target.kind);
    for (size_t i = 0; i < arguments.size(); i++) {
        unsigned part = part_of(arguments.text(i));
        if (part == 0)
            return arguments.wrong(
                i, "unknown part of a date",
                "There are 'year', 'month', 'day', 'hour', 'minute' and 'second', or their letters 'YMDhms'.");
        if (part & ~there_are)
            return arguments.wrong(i, "the column's type has no such part");
        kept |= part;
    }
    if (kept == there_are)
        return arguments.wrong(0, "keeping all parts would show the whole value", "Leave one out.");
    mask = std::make_unique<DateMask>(target, kept);
    return Status::ok();
}

} // namespace ddm::core
