// What holds of every mask of texts, whatever the value.
#include <catch2/catch.hpp>

#include "mask_helper.h"

#include <random>

using namespace ddm::test;

// Texts of letters, digits, accents, kanji, blanks and signs, from nothing to longer than any mask shows.
static std::vector<std::string> texts(unsigned seed, size_t count)
{
    static const char *const pieces[] = {"a", "Z", "7", "0", " ", "-", "@", ".", "é", "ß", "日", "語", "😀", "/", ":"};
    std::mt19937 random(seed);
    std::vector<std::string> result = {"", "a", "é", "日"};
    while (result.size() < count) {
        std::string text;
        for (size_t n = random() % 40; n > 0; n--)
            text += pieces[random() % std::size(pieces)];
        result.push_back(text);
    }
    return result;
}

static bool valid_utf8(const std::string &text)
{
    for (size_t i = 0; i < text.size();) {
        unsigned char c = static_cast<unsigned char>(text[i]);
        size_t more = c < 0x80 ? 0 : (c & 0xE0) == 0xC0 ? 1 : (c & 0xF0) == 0xE0 ? 2 : (c & 0xF8) == 0xF0 ? 3 : 9;
        if (more == 9 || i + more >= text.size() + (more == 0))
            return false;
        for (size_t k = 1; k <= more; k++)
            if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80)
                return false;
        i += more + 1;
    }
    return true;
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
