// What a mask is given and what it answers: values of the server's types without the server.
#pragma once

#include "core/encoding.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace ddm::core
{

// How the value of a type travels into core and back.
enum class Kind : unsigned char {
    Text,        // bytes: text, varchar, char (blanks at the end taken off), name, citext
    Integer,     // integer: smallint, int, bigint
    Float,       // real: float4, float8; finite
    Numeric,     // bytes: decimal digits, or NaN, Infinity; money too
    Boolean,     // integer
    Date,        // integer: days since 2000-01-01; finite
    Timestamp,   // integer: microseconds since 2000-01-01; finite
    TimestampTz, // likewise, UTC
    Time,        // integer: microseconds since midnight; of timetz without its zone
    Interval,    // integer: microseconds; days, months
    Uuid,        // bytes: 16
    Bytea,       // bytes
    Json,        // bytes: the text of json and jsonb, in the server's encoding
    Inet,        // bytes: text of inet and cidr
    Enum,        // bytes: the label
    Range,
    Array,
    Other, // whatever else: default(), nullify() and full() only
};

using KindSet = uint32_t;
constexpr KindSet set_of() { return 0; }
template <typename... More> constexpr KindSet set_of(Kind first, More... more)
{
    return (1U << static_cast<unsigned>(first)) | set_of(more...);
}
constexpr KindSet every_kind = ~0U;

// The column that a mask is bound to, as far as core needs to know it. Trivially destructible.
struct Target {
    Kind kind = Kind::Other;
    Encoding encoding;
    int64_t limit = 0;                               // characters that fit the column; 0: no limit
    bool blank_padded = false;                       // char(n): `limit` characters always
    int64_t lowest = INT64_MIN, highest = INT64_MAX; // of an integer, a date or a time, in its unit
    int precision = 0, scale = 0; // of numeric(p, s), 0: no limit; of a float the digits that it keeps
    bool is_network = false;      // of cidr: the bits behind its length are none of the value
    bool takes_integers = false;  // of numeric: an answer may stand in `integer`, with `scale` digits behind the point
    std::string_view type_name;   // for messages
};

struct Value {
    std::string_view bytes;
    int64_t integer = 0;
    double real = 0;
    int32_t days = 0, months = 0;
};

// The answer. Bytes go to a buffer that the caller gave; `size` is what they need, and where it is more than
// `capacity` the caller makes room and asks again.
struct Output {
    enum class Outcome : unsigned char { Value, Null, Default };
    char *data = nullptr;
    size_t capacity = 0;
    size_t size = 0;
    int64_t integer = 0;
    double real = 0;
    int32_t days = 0, months = 0;
    int scale = -1; // -1: bytes
    Outcome outcome = Outcome::Value;

    template <typename... Pieces> void append(std::string_view first, const Pieces &...more) noexcept
    {
        const size_t all = (first.size() + ... + std::string_view(more).size());
        if (size + all <= capacity) {
            [[maybe_unused]] char *to = put(data + size, first);
            ((to = put(to, std::string_view(more))), ...);
        }
        size += all;
    }
    void append(size_t count, char c) noexcept
    {
        if (size + count <= capacity)
            fill(data + size, count, c);
        size += count;
    }
    void append(char c) noexcept { append(1, c); }
    bool fits() const noexcept { return size <= capacity; }

  private:
    struct Pair {
        uint64_t words[2];
    };

    // memcpy(), where g++ does not warn of what a buffer of known size never holds.
    static void copy_long(char *to, const char *from, size_t count) noexcept;

    // Most pieces of a text are shorter than a call of memcpy() or memset() is worth: two moves that overlap.
    template <typename Word> static void copy_ends(char *to, const char *from, size_t count) noexcept
    {
        Word head, tail;
        std::memcpy(&head, from, sizeof head);
        std::memcpy(&tail, from + count - sizeof tail, sizeof tail);
        std::memcpy(to, &head, sizeof head);
        std::memcpy(to + count - sizeof tail, &tail, sizeof tail);
    }
    template <typename Word> static void set_ends(char *to, const Word &word, size_t count) noexcept
    {
        std::memcpy(to, &word, sizeof word);
        std::memcpy(to + count - sizeof word, &word, sizeof word);
    }
    static void fill(char *to, size_t count, char c) noexcept
    {
        const uint64_t word = 0x0101010101010101 * static_cast<unsigned char>(c);
        if (count > 2 * sizeof(Pair))
            std::memset(to, c, count);
        else if (count > sizeof(Pair))
            set_ends(to, Pair{{word, word}}, count);
        else if (count >= 8)
            set_ends(to, word, count);
        else if (count >= 4)
            set_ends(to, static_cast<uint32_t>(word), count);
        else if (count >= 2)
            set_ends(to, static_cast<uint16_t>(word), count);
        else if (count == 1)
            *to = c;
    }
    static char *put(char *to, std::string_view piece) noexcept
    {
        const char *from = piece.data();
        const size_t count = piece.size();
        if (count > 2 * sizeof(Pair))
            copy_long(to, from, count);
        else if (count > sizeof(Pair))
            copy_ends<Pair>(to, from, count);
        else if (count >= 8)
            copy_ends<uint64_t>(to, from, count);
        else if (count >= 4)
            copy_ends<uint32_t>(to, from, count);
        else if (count >= 2)
            copy_ends<uint16_t>(to, from, count);
        else if (count == 1)
            *to = *from;
        return to + count;
    }
};

} // namespace ddm::core
