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
