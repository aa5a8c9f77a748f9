// Masks of numbers, dates and times.
#include <catch2/catch.hpp>

#include <set>

#include "core/calendar.h"
#include "core/decimal.h"
#include "mask_helper.h"

using namespace ddm::test;

static std::string on_integer(const std::string &mask, int64_t input, int64_t lowest = INT32_MIN)
{
    Target target = target_of(Kind::Integer);
    target.lowest = lowest;
    target.highest = -(lowest + 1);
    Runner runner(mask, target);
    if (!runner.status)
        return "error";
    Value value;
    value.integer = input;
    Output out = runner.run(value);
    return out.outcome == Output::Outcome::Value ? std::to_string(out.integer) : "<default>";
}

TEST_CASE("whole numbers made coarser")
{
    CHECK(on_integer("bucket(10)", 57) == "50");
    CHECK(on_integer("bucket(10)", -3) == "-10");
    CHECK(on_integer("bucket(10)", 0) == "0");
    CHECK(on_integer("bucket(10)", INT64_MIN, INT64_MIN) == "<default>");
    CHECK(on_integer("bucket(1000)", INT16_MIN, INT16_MIN) == "<default>");
    CHECK(on_integer("round_to(-2)", 1250) == "1300");
    CHECK(on_integer("round_to(-2)", -1250) == "-1300");
    CHECK(on_integer("round_to(-30)", 1250) == "0");
    CHECK(on_integer("round_to(-9)", INT32_MAX) == "2000000000");
    CHECK(on_integer("round_to(-4)", 32767, INT16_MIN) == "30000");
    CHECK(on_integer("generalize(10)", 42) == "40");
}

TEST_CASE("decimal numbers keep their digits and fit numeric(p, s)")
{
    Target target = target_of(Kind::Numeric);
    CHECK(masked("bucket(0.5)", "12.57", target) == "12.50");
    CHECK(masked("bucket(10)", "12345678901234567890123.5", target) == "12345678901234567890120.0");
    CHECK(masked("round_to(1)", "12.350", target) == "12.4");
    CHECK(masked("round_to(1)", "-12.35", target) == "-12.4");
    CHECK(masked("bucket(10)", "NaN", target) == "<default>");
    CHECK(masked("bucket(10)", "Infinity", target) == "<default>");
    CHECK(masked("bucket(10)", std::string(60, '9'), target) == "<default>");
    target.precision = 3;
    target.scale = 1;
    CHECK(masked("round_to(-2)", "99.9", target) == "<default>"); // 100.0 does not fit numeric(3,1)
    CHECK(masked("round_to(-1)", "12.3", target) == "10");
    CHECK(Runner("round_to(1)", target).status.code == Code::Value);
}

// Where the server takes them as integers, the same numbers; in numeric(p, s) with s digits behind the point, as it keeps them.
TEST_CASE("decimal numbers of 64 bits may be answered as integers")
{
    for (int scale : {-2, 0, 2, 20}) {
        for (const char *value : {"0", "1.50", "-1.5", "0.005", "99.99", "123400", "9223372036854775807",
                                  "-9223372036854775.808", "9223372036854775808", "12345678901234567890123.5", "NaN"}) {
            for (const char *mask : {"bucket(1000)", "round_to(-3)"}) {
                Target as_text = target_of(Kind::Numeric);
                as_text.precision = scale == 0 ? 0 : 36;
                as_text.scale = scale;
                Target as_integer = as_text;
                as_integer.takes_integers = true;
                Value in;
                in.bytes = value;
                Runner text(mask, as_text), integer(mask, as_integer);
                REQUIRE(integer.status);
                const Output expected = text.run(in), got = integer.run(in);
                CHECK(got.outcome == expected.outcome);
                if (got.outcome != Output::Outcome::Value || got.scale < 0) {
                    CHECK(integer.text(value) == text.text(value));
                    continue;
                }
                CHECK(got.size == 0);
                CHECK((scale <= 0 || got.scale == scale));
                CHECK(Decimal{got.integer, got.scale}.shortest().text() ==
                      Decimal::parse({expected.data, expected.size})->shortest().text());
            }
        }
    }
}

TEST_CASE("a width that would show the whole value is refused, and one that a float can't tell shows default()")
{
    Target numeric = target_of(Kind::Numeric);
    numeric.precision = 8;
    numeric.scale = 2;
    CHECK(Runner("bucket(0.01)", numeric).status.code == Code::Value);
    CHECK(Runner("generalize(0.01)", numeric).status.code == Code::Value);
    CHECK(Runner("bucket(0.02)", numeric).status);
    numeric.scale = -2;
    CHECK(Runner("bucket(100)", numeric).status.code == Code::Value);
    CHECK(masked("bucket(200)", "12300", numeric) == "12200");
    Target real = target_of(Kind::Float);
    for (const char *mask : {"bucket(10)", "round_to(-1)", "round_to(2)"}) {
        Runner runner(mask, real);
        REQUIRE(runner.status);
        Value large, largest;
        large.real = 1e18;
        largest.real = 1.7e308;
        CHECK(runner.run(large).outcome == Output::Outcome::Default);
        CHECK(runner.run(largest).outcome == Output::Outcome::Default);
    }
}

TEST_CASE("digits beyond what is counted with are left out, downwards")
{
    Target target = target_of(Kind::Numeric);
    CHECK(masked("round_to(2)", "0.33333333333333333333", target) == "0.33");
    CHECK(masked("bucket(10)", "-10.00000000000000000000001", target) == "-20.000000000000000000");
    CHECK(masked("bucket(10)", "10.00000000000000000000001", target) == "10.000000000000000000");
    CHECK_FALSE(Decimal::parse("0.3333333333333333333"));
    CHECK(Decimal::parse_cut("1234567890123456789012345.123456789012")->text() ==
          "1234567890123456789012345.12345678901");
}

TEST_CASE("random draws what the column holds")
{
    Target numeric = target_of(Kind::Numeric);
    numeric.precision = 5;
    numeric.scale = -2;
    CHECK(Runner("random(1, 12)", numeric).status.code == Code::Value);
    Runner hundreds("random(100, 300)", numeric);
    REQUIRE(hundreds.status);
    std::set<std::string> seen;
    for (int i = 0; i < 200; i++)
        seen.insert(hundreds.text("0"));
    CHECK(seen == std::set<std::string>{"100", "200", "300"});
    numeric.precision = numeric.scale = 2;
    CHECK(Runner("random(0, 1)", numeric).status.code == Code::Value);
    Target stamp = target_of(Kind::Timestamp); // timestamp(0)
    Runner seconds("random('2000-01-01', '2000-01-01 00:00:01')", stamp);
    REQUIRE(seconds.status);
    CHECK(seconds.integer(5) % 1000000 == 0);
    CHECK(Runner("random('2000-01-01', '2000-01-01 00:00:00.5')", stamp).status.code == Code::Value);
    stamp.scale = 6;
    CHECK(Runner("random('2000-01-01', '2000-01-01 00:00:00.5')", stamp).status);
    Target time = target_of(Kind::Time);
    time.lowest = 0;
    time.highest = microseconds_of_day;
    CHECK(Runner("random('08:00', '08:00:01')", time).integer(0) / 3600000000 == 8);
}

TEST_CASE("random stays between its bounds and does not follow the value")
{
    Target target = target_of(Kind::Integer);
    target.lowest = INT32_MIN;
    target.highest = INT32_MAX;
    Runner runner("random(10, 12)", target);
    REQUIRE(runner.status);
    CHECK_FALSE(runner.bound.repeatable);
    std::set<int64_t> seen;
    for (int i = 0; i < 200; i++)
        seen.insert(runner.integer(11));
    CHECK(seen == std::set<int64_t>{10, 11, 12});
    Runner all("random(-2147483648, 2147483647)", target);
    REQUIRE(all.status);
    CHECK(all.integer(1) != all.integer(1));
    CHECK(Runner("random(0, 3000000000)", target).status.code == Code::Value);
}

TEST_CASE("dates keep the named parts")
{
    Target date = target_of(Kind::Date);
    int64_t leap = days_of({2024, 2, 29});
    CHECK(Runner("date('year')", date).integer(leap) == days_of({2024, 1, 1}));
    CHECK(Runner("date('Y')", date).integer(leap) == days_of({2024, 1, 1}));
    CHECK(Runner("date('month', 'day')", date).integer(leap) == days_of({1900, 2, 28}));
    CHECK(Runner("generalize('week')", date).integer(leap) == days_of({2024, 2, 26}));
    CHECK(Runner("generalize('month')", date).integer(leap) == days_of({2024, 2, 1}));
    CHECK(Runner("generalize('quarter')", date).integer(days_of({2024, 11, 5})) == days_of({2024, 10, 1}));
    CHECK(Runner("generalize('decade')", date).integer(leap) == days_of({2020, 1, 1}));
    CHECK(Runner("generalize('century')", date).integer(days_of({2000, 5, 5})) == days_of({1901, 1, 1}));
    Target stamp = target_of(Kind::Timestamp);
    int64_t noon = days_of({1999, 12, 31}) * microseconds_of_day + 12LL * 3600 * 1000000 + 34 * 60000000LL + 56789012;
    CHECK(Runner("date('year', 'hour')", stamp).integer(noon) ==
          days_of({1999, 1, 1}) * microseconds_of_day + 12LL * 3600 * 1000000);
    CHECK(Runner("generalize('day')", stamp).integer(noon) == days_of({1999, 12, 31}) * microseconds_of_day);
    CHECK(Runner("generalize('hour')", stamp).integer(noon) ==
          days_of({1999, 12, 31}) * microseconds_of_day + 12LL * 3600 * 1000000);
    CHECK(Runner("generalize('minute')", stamp).integer(noon) ==
          days_of({1999, 12, 31}) * microseconds_of_day + 12LL * 3600 * 1000000 + 34 * 60000000LL);
    CHECK(Runner("generalize('hour')", target_of(Kind::Time)).integer(3723000001) == 3600000000);
    CHECK(Runner("date('hour')", target_of(Kind::Time)).integer(3723000001) == 3600000000);
}

TEST_CASE("the calendar is the server's")
{
    CHECK(days_of({2000, 1, 1}) == 0);
    CHECK(days_of({1970, 1, 1}) == -10957);
    CHECK(days_of({1900, 1, 1}) == -36524);
    for (int64_t day = -2000000; day < 2000000; day += 997) {
        Civil c = civil_of(day);
        CHECK(days_of(c) == day);
    }
}

TEST_CASE("decimals read and print")
{
    CHECK(Decimal::parse("-0.050")->text() == "-0.050");
    CHECK(Decimal::parse("-0.050")->shortest().text() == "-0.05");
    CHECK(Decimal::parse("7")->text() == "7");
    CHECK(Decimal::parse("0")->text() == "0");
    CHECK_FALSE(Decimal::parse(""));
    CHECK_FALSE(Decimal::parse("-"));
    CHECK_FALSE(Decimal::parse("1e5"));
    CHECK_FALSE(Decimal::parse("1.2.3"));
    CHECK(Decimal::parse("2.5")->rounded(0)->text() == "3");
    CHECK(Decimal::parse("-2.5")->rounded(0)->text() == "-3");
}
