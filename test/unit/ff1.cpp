// FF1 against the sample vectors that NIST publishes with SP 800-38G ("FF1samples.pdf").
#include <catch2/catch.hpp>

#include "core/ff1.h"

#include <string>

using namespace ddm::core;

static std::string unhex(const std::string &hex)
{
    std::string bytes;
    for (size_t i = 0; i < hex.size(); i += 2)
        bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    return bytes;
}

static std::vector<uint16_t> numerals(const std::string &text)
{
    std::vector<uint16_t> result;
    for (char c : text)
        result.push_back(static_cast<uint16_t>(c <= '9' ? c - '0' : c - 'a' + 10));
    return result;
}

TEST_CASE("FF1 gives NIST's sample vectors, and back")
{
    static const std::string key = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94";
    static const std::string digits = "0123456789", letters = "0123456789abcdefghi";
    static const std::string t10 = "39383736353433323130", t11 = "3737373770717273373737";
    static const struct {
        size_t bits;
        unsigned radix;
        std::string tweak, plain, cipher;
    } samples[] = {
        {128, 10, "", digits, "2433477484"},
        {128, 10, t10, digits, "6124200773"},
        {128, 36, t11, letters, "a9tv40mll9kdu509eum"},
        {192, 10, "", digits, "2830668132"},
        {192, 10, t10, digits, "2496655549"},
        {192, 36, t11, letters, "xbj3kv35jrawxv32ysr"},
        {256, 10, "", digits, "6657667009"},
        {256, 10, t10, digits, "1001623463"},
        {256, 36, t11, letters, "xs8a0azh2avyalyzuwd"},
    };
    for (const auto &sample : samples) {
        INFO(sample.bits << " bits, radix " << sample.radix << ", " << sample.cipher);
        std::string bytes = unhex(key.substr(0, sample.bits / 4));
        Ff1 ff1(reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size(), sample.radix);
        std::vector<uint16_t> text = numerals(sample.plain);
        ff1.encrypt(text, unhex(sample.tweak));
        CHECK(text == numerals(sample.cipher));
        ff1.decrypt(text, unhex(sample.tweak));
        CHECK(text == numerals(sample.plain));
    }
}

TEST_CASE("FF1 is a permutation of texts of every length, short arithmetic and long")
{
    std::string key(32, 'k');
    auto radix = GENERATE(2u, 10u, 36u, 62u, 65536u);
    Ff1 ff1(reinterpret_cast<const unsigned char *>(key.data()), key.size(), radix);
    for (size_t n : {ff1.least(), ff1.least() + 1, size_t(50), size_t(57), size_t(64), size_t(200), size_t(301)}) {
        std::vector<uint16_t> text(n), before;
        for (size_t i = 0; i < n; i++)
            text[i] = static_cast<uint16_t>((i * 7919 + 13) % radix);
        before = text;
        ff1.encrypt(text);
        CHECK(text != before);
        for (uint16_t numeral : text)
            CHECK(numeral < radix);
        ff1.decrypt(text);
        CHECK(text == before);
    }
}

TEST_CASE("FF1 of texts too long for 128 bits is what the publication's arithmetic gives")
{
    // Worked out by a plain transcription of algorithm 7 with numbers of any size.
    static const struct {
        unsigned radix;
        std::string tweak, plain, cipher;
    } samples[] = {
        {10, "tweak",
         "0741852963074185296307418529630741852963074185296307418529630741852963074185296307418529630741852963074185296"
         "30741"
         "852963",
         "8714553855478167471812841448724551354691073940172710487885643027235402413934410901700240403872551549437028360"
         "84286"
         "811998"},
        {36, "", "38dinsx27chmrw16bglqv05afkpuz49ejoty38dinsx27chmrw16bglqv05af",
         "h82h90a1izjitdxl28d0v5ypcms0bn19rph0l7e1vrtvzhfrxnhi5hu360wnu"},
    };
    std::string key;
    for (char c = 0; c < 32; c++)
        key.push_back(c);
    for (const auto &sample : samples) {
        Ff1 ff1(reinterpret_cast<const unsigned char *>(key.data()), key.size(), sample.radix);
        std::vector<uint16_t> text = numerals(sample.plain);
        ff1.encrypt(text, sample.tweak);
        CHECK(text == numerals(sample.cipher));
        ff1.decrypt(text, sample.tweak);
        CHECK(text == numerals(sample.plain));
    }
}

TEST_CASE("FF1 refuses domains under a million")
{
    std::string key(32, 'k');
    auto bytes = reinterpret_cast<const unsigned char *>(key.data());
    CHECK(Ff1(bytes, 32, 10).least() == 6);
    CHECK(Ff1(bytes, 32, 2).least() == 20);
    CHECK(Ff1(bytes, 32, 36).least() == 4);
    CHECK(Ff1(bytes, 32, 1000).least() == 2);
    std::vector<uint16_t> five(5), six(6);
    CHECK_THROWS(Ff1(bytes, 32, 10).encrypt(five));
    CHECK_NOTHROW(Ff1(bytes, 32, 10).encrypt(six));
}
