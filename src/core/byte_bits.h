// What the bytes of a short text are, a bit each, the first byte's the lowest: formats are then looked at by arithmetic on
// words instead of byte by byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace ddm::core
{

// std::popcount() calls a library wherever the processor may lack the instruction.
constexpr size_t count_bits(uint64_t bits) noexcept
{
    bits -= bits >> 1 & 0x5555555555555555;
    bits = (bits & 0x3333333333333333) + (bits >> 2 & 0x3333333333333333);
    return ((bits + (bits >> 4)) & 0x0F0F0F0F0F0F0F0F) * 0x0101010101010101 >> 56;
}

class ByteBits
{
  public:
    static constexpr size_t most = 64;

    // Of more than 64 bytes there is nothing: all() is zero.
    explicit ByteBits(std::string_view text) noexcept
        : text(text.data()), size(text.size() <= most ? text.size() : 0),
          head(size < width ? short_block(text.data(), size) : load(text.data())),
          tail_at(size > width ? size - width : 0), tail(size > width ? load(text.data() + tail_at) : head)
    {
    }

    uint64_t all() const noexcept { return size == 0 ? 0 : ~uint64_t{0} >> (most - size); }
    uint64_t letters() const noexcept { return between('a', 'z', 0x20); }
    uint64_t digits() const noexcept { return between('0', '9'); }

    // Bytes that are from `low` to `high` (zero is not), after the bits of `set` were set in them.
    uint64_t between(char low, char high, char set = 0) const noexcept
    {
        uint64_t bits = between(head, low, high, set);
        if (tail_at > 0)
            bits |= uint64_t{between(tail, low, high, set)} << tail_at;
        for (size_t at = width; at < tail_at; at += width)
            bits |= uint64_t{between(load(text + at), low, high, set)} << at;
        return bits;
    }

  private:
    static constexpr size_t width = 16;

#ifdef __SSE2__
    using Block = __m128i;

    static Block load(const char *from) noexcept { return _mm_loadu_si128(reinterpret_cast<const Block *>(from)); }
    template <typename Word> static uint64_t word(const char *from) noexcept
    {
        Word word;
        std::memcpy(&word, from, sizeof word);
        return word;
    }
    // Zeros stand behind the text. Words that overlap have the same bytes there.
    static Block short_block(const char *text, size_t size) noexcept
    {
        uint64_t low = 0, high = 0;
        if (size >= 8) {
            low = word<uint64_t>(text);
            high = size > 8 ? word<uint64_t>(text + size - 8) >> (8 * (width - size)) : 0;
        } else if (size >= 4) {
            low = word<uint32_t>(text) | word<uint32_t>(text + size - 4) << (8 * (size - 4));
        } else {
            for (size_t i = 0; i < size; i++)
                low |= word<unsigned char>(text + i) << (8 * i);
        }
        return _mm_set_epi64x(static_cast<int64_t>(high), static_cast<int64_t>(low));
    }
    // Moved to where the lowest are the least of the signed bytes.
    static uint32_t between(const Block &block, char low, char high, char set) noexcept
    {
        const __m128i moved =
            _mm_add_epi8(_mm_or_si128(block, _mm_set1_epi8(set)), _mm_set1_epi8(static_cast<char>(-128 - low)));
        const __m128i end = _mm_set1_epi8(static_cast<char>(-128 + (high - low) + 1));
        return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmplt_epi8(moved, end)));
    }
#else
    struct Block {
        char byte[width];
    };

    static Block load(const char *from) noexcept { return short_block(from, width); }
    static Block short_block(const char *text, size_t size) noexcept
    {
        Block block = {};
        for (size_t i = 0; i < size; i++)
            block.byte[i] = text[i];
        return block;
    }
    static uint32_t between(const Block &block, char low, char high, char set) noexcept
    {
        uint32_t bits = 0;
        for (size_t i = 0; i < width; i++) {
            const char c = static_cast<char>(block.byte[i] | set);
            bits |= static_cast<uint32_t>(c >= low && c <= high) << i;
        }
        return bits;
    }
#endif

    const char *const text;
    const size_t size;
    const Block head;
    const size_t tail_at;
    const Block tail; // the last sixteen; of fewer the head
};

} // namespace ddm::core
