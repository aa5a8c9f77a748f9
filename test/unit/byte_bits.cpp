// The bits of a short text against what a loop over its bytes finds.
#include "core/byte_bits.h"

#include <catch2/catch.hpp>

#include <string>

using ddm::core::ByteBits;

template <typename Test> static uint64_t bits_of(const std::string &text, Test test)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < text.size() && text.size() <= ByteBits::most; i++)
        bits |= static_cast<uint64_t>(test(text[i])) << i;
    return bits;
}

TEST_CASE("every byte at every place of a text of every length is what it is")
{
    for (size_t size = 0; size <= ByteBits::most + 2; size++)
        for (size_t round = 0; round < 256; round++) {
            std::string text(size, '\0');
            for (size_t i = 0; i < size; i++)
                text[i] = static_cast<char>(round + i * 37);
            const ByteBits bits(text);
            bool same = bits.all() == bits_of(text, [](char) { return true; });
            same &= bits.digits() == bits_of(text, [](char c) { return c >= '0' && c <= '9'; });
            same &= bits.letters() ==
                    bits_of(text, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
            same &= bits.between('-', '.') == bits_of(text, [](char c) { return c == '-' || c == '.'; });
            same &= bits.between(' ', ' ') == bits_of(text, [](char c) { return c == ' '; });
            same &= bits.between(1, 127) == bits_of(text, [](char c) { return c > 0; });
            INFO(text);
            REQUIRE(same);
        }
}
