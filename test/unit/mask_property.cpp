// What holds of every mask of texts, whatever the value.
#include <catch2/catch.hpp>

#include "mask_values.h"

using namespace ddm::test;

static std::vector<std::string> texts(unsigned seed, size_t count)
{
    std::vector<std::string> result = random_texts(seed, count);
    result.insert(result.end(), {"", "a", "é", "日"});
    return result;
}

TEST_CASE("masks of texts: deterministic, valid, never the value, never too long")
{
    auto mask = GENERATE(as<std::string>{}, "email()", "partial(1, 'xyz', 2)", "partial(0, '#', 0)", "inner(2, 1, '#')",
                         "outer(1, 1, '#')", "range(1, 4, '#')", "regexp('[a-z]', '#')", "phone()", "ssn()", "pan()",
                         "pan_relaxed()", "iban()", "uk_nin()", "canada_sin()", "uuid()", "ip(16)", "url()", "name()",
                         "generalize(7)");
    auto limit = GENERATE(0, 1, 5, 20);
    Target target = target_of(Kind::Text);
    target.limit = limit;
    Runner runner(mask, target);
    REQUIRE(runner.status);
    for (const std::string &text : texts(42, 300)) {
        std::string shown = runner.text(text);
        INFO(mask << " of " << text << " is " << shown);
        CHECK(shown == runner.text(text));
        CHECK(valid_utf8(shown));
        CHECK((limit == 0 || target.encoding.count(shown) <= static_cast<size_t>(limit)));
        if (limit == 0 && !text.empty())
            CHECK(shown != text);
    }
}

TEST_CASE("partial shows prefix and suffix and nothing between")
{
    auto prefix = GENERATE(0, 1, 3);
    auto suffix = GENERATE(0, 1, 4);
    Target target = target_of(Kind::Text);
    Runner runner("partial(" + std::to_string(prefix) + ", '|', " + std::to_string(suffix) + ")", target);
    REQUIRE(runner.status);
    for (const std::string &text : texts(7, 300)) {
        size_t count = target.encoding.count(text);
        std::string shown = runner.text(text);
        INFO(text << " is " << shown);
        if (count <= static_cast<size_t>(prefix + suffix))
            CHECK(shown == "|");
        else
            CHECK(target.encoding.count(shown) == static_cast<size_t>(prefix + suffix + 1));
    }
}
