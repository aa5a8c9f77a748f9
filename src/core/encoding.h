// Characters of a text in a server encoding, without ever reading past its end or raising.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace ddm::core
{

// Every encoding that a server stores text in is a superset of ASCII, and no byte of a longer character is below
// 0x80. `length_of` answers how many bytes the character that starts at a byte has, as the server counts; it is
// asked only where at least two bytes are left, and its answer is cut to what is there: a text that was stored
// with broken characters is walked, never overrun.
struct Encoding {
    enum class Form : unsigned char { SingleByte, Utf8, Other };
    Form form = Form::Utf8;
    int (*length_of)(const unsigned char *) = nullptr; // Form::Other
    unsigned char longest = 4;                         // bytes of the longest character

    size_t length(const char *at, const char *end) const noexcept
    {
        unsigned char first = static_cast<unsigned char>(*at);
        if (first < 0x80 || form == Form::SingleByte || end - at < 2)
            return 1;
        size_t size = form == Form::Utf8 ? utf8_length(first) : other_length(at);
        return size <= static_cast<size_t>(end - at) ? size : static_cast<size_t>(end - at);
    }

    // The byte after `count` characters, or the end.
    const char *skip(const char *at, const char *end, size_t count) const noexcept
    {
        if (form == Form::SingleByte)
            return count < static_cast<size_t>(end - at) ? at + count : end;
        while (count > 0 && at < end) {
            at += length(at, end);
            count--;
        }
        return at;
    }

    // The byte where the last `count` characters begin, or `begin`.
    const char *skip_back(const char *begin, const char *end, size_t count) const noexcept;

    size_t count(std::string_view text) const noexcept
    {
        if (form == Form::SingleByte || is_ascii(text))
            return text.size();
        size_t n = 0;
        for (const char *at = text.data(), *end = at + text.size(); at < end; at += length(at, end))
            n++;
        return n;
    }

    static bool is_ascii(std::string_view text) noexcept
    {
        if (text.size() >= sizeof(uint64_t))
            return words_are_ascii<uint64_t>(text);
        if (text.size() >= sizeof(uint32_t))
            return words_are_ascii<uint32_t>(text);
        for (char c : text)
            if (static_cast<unsigned char>(c) >= 0x80)
                return false;
        return true;
    }

  private:
    // The last word overlaps the one before it.
    template <typename Word> static bool words_are_ascii(std::string_view text) noexcept
    {
        const char *last = text.data() + text.size() - sizeof(Word);
        Word all, word;
        std::memcpy(&all, last, sizeof all);
        for (const char *at = text.data(); at < last; at += sizeof word) {
            std::memcpy(&word, at, sizeof word);
            all |= word;
        }
        return (all & static_cast<Word>(0x8080808080808080)) == 0;
    }

    static size_t utf8_length(unsigned char first) noexcept
    {
        if ((first & 0xE0) == 0xC0)
            return 2;
        if ((first & 0xF0) == 0xE0)
            return 3;
        if ((first & 0xF8) == 0xF0)
            return 4;
        return 1;
    }
    size_t other_length(const char *at) const noexcept
    {
        int size = length_of(reinterpret_cast<const unsigned char *>(at));
        return size < 1 ? 1 : static_cast<size_t>(size);
    }
};

} // namespace ddm::core
