// Values of every kind to run masks over: short, long, at the edges of their types and of what masks look at.
#pragma once

#include "core/calendar.h"
#include "core/decimal.h"
#include "mask_helper.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdio>
#include <map>
#include <random>

namespace ddm::test
{

struct Sample {
    std::string text;
    Value value; // its bytes, where it has any, are those of `text`
};

inline std::string number_text(double number)
{
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%.17g", number);
    return buffer;
}

inline bool valid_utf8(const std::string &text)
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

// Texts of letters, digits, accents, kanji, blanks and signs, from nothing to longer than any mask shows.
inline std::vector<std::string> random_texts(unsigned seed, size_t count)
{
    static const char *const pieces[] = {"a", "Z",  "7",  "0", " ", "-", "@",         ".", "é",
                                         "ß", "日", "語", "😀", "/", ":", "e\xCC\x81", "ש"};
    std::mt19937 random(seed);
    std::vector<std::string> result;
    while (result.size() < count) {
        std::string text;
        for (size_t n = random() % 40; n > 0; n--)
            text += pieces[random() % std::size(pieces)];
        result.push_back(text);
    }
    return result;
}

inline std::vector<std::string> sample_texts(Kind kind)
{
    switch (kind) {
    case Kind::Text: {
        std::vector<std::string> all = {"",
                                        "a",
                                        "é",
                                        "日",
                                        "ab",
                                        "a@b",
                                        "luis@embraer.com.br",
                                        "no address",
                                        "123-45-6789",
                                        "42",
                                        "-7.5",
                                        "4111 1111 1111 1111",
                                        "10.1.2.3",
                                        "10.1.2.3/24",
                                        "2001:db8::1",
                                        "https://u:p@h.org:1/x?y#z",
                                        "+55 12 3923-5555",
                                        "DE89370400440532013000",
                                        "QQ123456C",
                                        "Luís Gonçalves",
                                        "9c5b94b1-35ad-49bb-b118-8e8fc24abf80",
                                        std::string(300, 'q'),
                                        std::string(5000, '5')};
        std::vector<std::string> more = random_texts(11, 40);
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    case Kind::Numeric:
        return {"0",
                "0.00",
                "0.33",
                "0.34",
                "0.35",
                "0.50",
                "1",
                "7",
                "-7",
                "7.00",
                "12.33",
                "12.34",
                "12.35",
                "-12.34",
                "0.5",
                "99999999.99",
                "12300",
                "12400",
                "0.00123",
                "0.00124",
                "NaN",
                "Infinity",
                "-Infinity",
                "0.33333333333333333333",
                "123456789012345678901234567890123456789012345",
                "-0.000000000000000000001"};
    case Kind::Json:
        return {R"({"a": {"b": "me@x.org"}})",
                R"({"a": {"b": "me@y.org"}})",
                R"({"a": "me@x.org"})",
                R"({"zz": ["me@x.org", 7]})",
                R"("me@x.org")",
                "7",
                "null",
                "[]",
                R"([{"a": {"b": 1234}}])",
                R"({"a": {"b": 1239}})",
                R"({"a": {"b": {"c": 1}}})"};
    case Kind::Inet:
        return {"10.1.2.3",    "10.1.2.4",    "10.1.2.0/24",     "10.1.3.0/24",    "0.0.0.0/0",
                "2001:db8::1", "2001:db8::2", "::ffff:10.1.2.3", "255.255.255.255"};
    case Kind::Uuid:
        return {"0123456789abcdef", "0123456789abcdee"};
    case Kind::Bytea:
        return {std::string(1, '\0'), "x", "\xde\xad\xbe\xef", std::string(1000, '\xff')};
    default:
        return {};
    }
}

inline std::vector<int64_t> sample_integers(const Target &target)
{
    std::vector<int64_t> all;
    int64_t unit = target.kind == Kind::Timestamp || target.kind == Kind::TimestampTz ? microseconds_of_day : 1;
    switch (target.kind) {
    case Kind::Integer:
        return {0,
                1,
                2,
                3,
                5,
                7,
                8,
                9,
                10,
                11,
                99,
                100,
                101,
                -1,
                -2,
                -7,
                -10,
                1000,
                1001,
                12345,
                12346,
                target.lowest,
                target.lowest + 1,
                target.highest,
                target.highest - 1};
    case Kind::Date:
    case Kind::Timestamp:
    case Kind::TimestampTz: {
        for (int64_t year : {-4000, -1, 0, 1, 1900, 1985, 1986, 2000, 2024, 9999})
            for (int month : {1, 2, 7, 12})
                for (int day : {1, 2, 28})
                    all.push_back(days_of({year, month, day}) * unit);
        if (unit > 1)
            for (int64_t offset : {1LL, 1000000LL, 60000000LL, 61000000LL, 3600000000LL, 3661000001LL})
                all.push_back(days_of({1985, 7, 12}) * unit + offset);
        return all;
    }
    case Kind::Time:
        return {0, 1, 1000000, 2000000, 60000000, 61000000, 3600000000, 3661000001, 86399999999, 86400000000};
    default:
        return {};
    }
}

inline std::vector<Sample> samples(const Target &target)
{
    static std::map<Kind, std::vector<std::string>> texts; // what the values' bytes are views of
    std::vector<Sample> result;
    auto [found, is_new] = texts.try_emplace(target.kind);
    if (is_new)
        found->second = sample_texts(target.kind);
    for (const std::string &text : found->second) {
        Sample sample = {text, {}};
        sample.value.bytes = text;
        // As the server hands them over: rounded to the column, without the blanks of char(n), cidr with its length.
        if (target.kind == Kind::Numeric && target.precision > 0) {
            std::optional<Decimal> d = Decimal::parse(text);
            d = d ? d->rounded(target.scale) : d;
            if (!d || d->text() != text || d->scale != std::max(0, target.scale) ||
                std::fabs(std::stod(text)) >= std::pow(10.0, target.precision - target.scale))
                continue;
        }
        if (target.is_network && text.find('/') == std::string::npos)
            continue;
        if (target.limit > 0 && target.encoding.count(text) > static_cast<size_t>(target.limit))
            continue;
        if (target.blank_padded && text.ends_with(' '))
            continue;
        result.push_back(sample);
    }
    for (int64_t number : sample_integers(target)) {
        Sample sample = {std::to_string(number), {}};
        sample.value.integer = number;
        result.push_back(sample);
    }
    if (target.kind == Kind::Float)
        for (double number :
             {0.0, 1.0, 7.5, 12.34, 12.35, -12.34, 1e16, 1e300, DBL_MAX, -DBL_MAX, 1e-300, 5e-324, 0.1, 100.0, 101.0}) {
            Sample sample = {number_text(number), {}};
            sample.value.real = target.precision <= FLT_DIG ? static_cast<double>(static_cast<float>(number)) : number;
            if (std::isfinite(sample.value.real))
                result.push_back(sample);
        }
    return result;
}

} // namespace ddm::test
