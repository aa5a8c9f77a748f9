// Dates and times as labels write them.
#include "core/moment.h"
#include "core/calendar.h"

namespace ddm::core
{

namespace
{

class Scanner
{
  public:
    explicit Scanner(std::string_view text) : rest(text) {}

    bool at_end() const { return rest.empty(); }
    bool take(std::string_view text)
    {
        if (!rest.starts_with(text))
            return false;
        rest.remove_prefix(text.size());
        return true;
    }
    bool take(char c)
    {
        if (rest.empty() || rest.front() != c)
            return false;
        rest.remove_prefix(1);
        return true;
    }
    // Exactly so many digits.
    bool number(size_t digits, int &value)
    {
        value = 0;
        for (size_t i = 0; i < digits; i++) {
            if (rest.empty() || rest.front() < '0' || rest.front() > '9')
                return false;
            value = value * 10 + (rest.front() - '0');
            rest.remove_prefix(1);
        }
        return true;
    }
    bool fraction(int &microseconds)
    {
        microseconds = 0;
        int unit = 100000, digit;
        if (!number(1, digit))
            return false;
        do {
            microseconds += digit * unit;
            unit /= 10;
        } while (unit > 0 && number(1, digit));
        return true;
    }

  private:
    std::string_view rest;
};

bool read_day(Scanner &in, int64_t &days)
{
    int year, month, day;
    if (!in.number(4, year) || !in.take('-') || !in.number(2, month) || !in.take('-') || !in.number(2, day) ||
        month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    days = days_of({year, month, day});
    return true;
}

bool read_time(Scanner &in, int64_t &microseconds)
{
    int hour, minute, second = 0, fraction = 0;
    if (!in.number(2, hour) || !in.take(':') || !in.number(2, minute) || hour > 23 || minute > 59)
        return false;
    if (in.take(':') && (!in.number(2, second) || second > 59 || (in.take('.') && !in.fraction(fraction))))
        return false;
    microseconds = (hour * 3600LL + minute * 60 + second) * 1000000 + fraction;
    return true;
}

} // namespace

std::optional<int64_t> parse_moment(std::string_view text, Kind kind)
{
    Scanner in(text);
    int64_t days = 0, time = 0;
    if (kind == Kind::Time) {
        bool read = read_time(in, time);
        in.take("+00");
        return read && in.at_end() ? std::optional(time) : std::nullopt;
    }
    if (!read_day(in, days))
        return {};
    if (kind == Kind::Date)
        return in.at_end() ? std::optional(days) : std::nullopt;
    if (in.take(' ') || in.take('T')) {
        if (!read_time(in, time))
            return {};
        if (kind == Kind::TimestampTz)
            in.take("+00");
    }
    if (!in.at_end())
        return {};
    return days * microseconds_of_day + time;
}

} // namespace ddm::core
