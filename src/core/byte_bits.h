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

class ByteBits
{
  public:
    static constexpr size_t most = 64;

    // Of more than 64 bytes there is nothing: all() is zero.
    explicit ByteBits(std::string_view text) noexcept : size(text.size() <= most ? text.size() : 0)
    {
        if (size < width) {
            block[0] = short_block(text.data(), size);
            return;
        }
        for (count = 0; (count + 1) * width <= size; count++)
            std::memcpy(&block[count], text.data() + count * width, width);
        if (size % width > 0)
            std::memcpy(&block[count++], text.data() + size - width, width);
    }

    uint64_t all() const noexcept { return size == 0 ? 0 : ~uint64_t{0} >> (most - size); }
    uint64_t letters() const noexcept { return between('a', 'z', 0x20); }
    uint64_t digits() const noexcept { return between('0', '9'); }

    // Bytes that are from `low` to `high` (zero is not), after the bits of `set` were set in them.
    uint64_t between(char low, char high, char set = 0) const noexcept
    {
        uint64_t bits = between(block[0], low, high, set);
        for (size_t i = 1; i < count; i++)
            bits |= uint64_t{between(block[i], low, high, set)} << (i + 1 < count ? i * width : size - width);
        return bits;
    }

  private:
    static constexpr size_t width = 16;

#ifdef __SSE2__
    using Block = __m128i;

    template <typename Word> static uint64_t load(const char *from) noexcept
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
            low = load<uint64_t>(text);
            high = size > 8 ? load<uint64_t>(text + size - 8) >> (8 * (width - size)) : 0;
        } else if (size >= 4) {
            low = load<uint32_t>(text) | load<uint32_t>(text + size - 4) << (8 * (size - 4));
        } else {
            for (size_t i = 0; i < size; i++)
                low |= load<unsigned char>(text + i) << (8 * i);
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

    const size_t size;
    size_t count = 1;
    Block block[most / width];
};

} // namespace ddm::core
