// Masks of known formats.
#include "core/mask_format.h"
#include "core/byte_bits.h"

#include <algorithm>
#include <array>

namespace ddm::core
{

static constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
static constexpr bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// The last four digits of a text that has as many: nearly always its end.
class LastFour
{
  public:
    LastFour(std::string_view text, uint64_t digits) noexcept
    {
        if (digits >> (text.size() - count) == 15) {
            text.copy(last, count, text.size() - count);
            return;
        }
        for (size_t i = count; i > 0; i--) {
            const uint64_t bit = std::bit_floor(digits);
            last[i - 1] = text[static_cast<size_t>(std::countr_zero(bit))];
            digits ^= bit;
        }
    }
    operator std::string_view() const noexcept { return {last, count}; }
    void copy(char *end) const noexcept { std::memcpy(end - count, last, count); }

  private:
    static constexpr size_t count = 4;
    char last[count];
};

// The last four of at least seven digits in the last 64 bytes; what else a telephone number may hold is free.
void mask_phone(const Target &, std::string_view text, Output &out) noexcept
{
    text.remove_prefix(text.size() - std::min(text.size(), ByteBits::most));
    const uint64_t digits = ByteBits(text).digits();
    if (count_bits(digits) < 7)
        out.append("XXX-XXX-XXXX");
    else
        out.append("XXX-XXX-", LastFour(text, digits));
}

// The digits of a text that holds digits, blanks, hyphens and dots alone.
static uint64_t digits_alone(std::string_view text) noexcept
{
    const ByteBits bytes(text);
    const uint64_t digits = bytes.digits();
    return (digits | bytes.between('-', '.') | bytes.between(' ', ' ')) == bytes.all() ? digits : 0;
}

void mask_ssn(const Target &, std::string_view text, Output &out) noexcept
{
    const uint64_t digits = digits_alone(text);
    if (count_bits(digits) != 9)
        out.append("XXX-XX-XXXX");
    else
        out.append("XXX-XX-", LastFour(text, digits));
}

void mask_pan(const Target &, std::string_view text, Output &out) noexcept
{
    const uint64_t digits = digits_alone(text);
    const size_t count = count_bits(digits);
    if (count < 12 || count > 19)
        out.append("XXXX-XXXX-XXXX-XXXX");
    else
        out.append("XXXX-XXXX-XXXX-", LastFour(text, digits));
}

void mask_pan_relaxed(const Target &, std::string_view text, Output &out) noexcept
{
    uint64_t digits = digits_alone(text);
    const size_t count = count_bits(digits);
    const bool good = count >= 14 && count <= 19;
    char *to = out.data + out.size;
    out.append(good ? count : 16, 'X');
    if (!good || !out.fits())
        return;
    LastFour(text, digits).copy(to + count);
    for (size_t i = 0; i < 6; i++, digits &= digits - 1)
        to[i] = text[static_cast<size_t>(std::countr_zero(digits))];
}

// What a code of letters and digits is, blanks left out.
struct CodeFormat {
    uint64_t letters, digits; // what it begins with, a bit a place
    size_t least, most;       // so many in all
    size_t stars;             // for what is none
};

static uint64_t without(uint64_t bits, uint64_t bit) noexcept { return (bits & (bit - 1)) | (bits >> 1 & ~(bit - 1)); }

// Of a code the first two and all blanks stay; the rest become stars.
static void mask_code(const CodeFormat &format, std::string_view text, Output &out) noexcept
{
    const ByteBits bytes(text);
    const uint64_t blanks = bytes.between(' ', ' ');
    uint64_t letters = bytes.letters(), digits = bytes.digits();
    const uint64_t all = letters | digits, second = all & (all - 1);
    bool good = (all | blanks) == bytes.all();
    for (uint64_t left = blanks; left > 0;) {
        const uint64_t last = std::bit_floor(left);
        letters = without(letters, last);
        digits = without(digits, last);
        left ^= last;
    }
    const uint64_t begin = format.letters | format.digits;
    const size_t count = count_bits(all);
    good &= (letters & begin) == format.letters && (digits & begin) == format.digits && count >= format.least &&
            count <= format.most;

    char *to = out.data + out.size;
    out.append(good ? text.size() : format.stars, '*');
    for (uint64_t stay = good && out.fits() ? blanks | (all ^ (second & (second - 1))) : 0; stay > 0;
         stay &= stay - 1) {
        const auto at = static_cast<size_t>(std::countr_zero(stay));
        to[at] = text[at];
    }
}

// The country stays.
void mask_iban(const Target &, std::string_view text, Output &out) noexcept
{
    mask_code({.letters = 0b0011, .digits = 0b1100, .least = 15, .most = 34, .stars = 22}, text, out);
}

// The prefix of two letters stays.
void mask_uk_nin(const Target &, std::string_view text, Output &out) noexcept
{
    mask_code({.letters = 0b100000011, .digits = 0b011111100, .least = 9, .most = 9, .stars = 9}, text, out);
}

void mask_canada_sin(const Target &, std::string_view, Output &out) noexcept { out.append("XXX-XXX-XXX"); }

// Of the type uuid: zeros; of a text: stars in the shape of one.
void mask_uuid(const Target &target, std::string_view, Output &out) noexcept
{
    if (target.kind == Kind::Uuid)
        out.append(16, '\0');
    else
        out.append("********-****-****-****-************");
}

// What a byte may be a part of, a bit each. A host is made of letters, digits, .-_, brackets and colons, and what is not ASCII.
enum : unsigned char { in_scheme = 1, in_host = 2, ends_authority = 4 };
static constexpr auto url_bytes = [] {
    std::array<unsigned char, 256> table{};
    for (size_t c = 0; c < 256; c++) {
        const bool alphanumeric = is_digit(static_cast<char>(c)) || is_letter(static_cast<char>(c));
        table[c] = alphanumeric ? in_scheme | in_host : c >= 0x80 ? in_host : 0;
    }
    auto add = [&](std::string_view bytes, unsigned char part) {
        for (char c : bytes)
            table[static_cast<unsigned char>(c)] |= part;
    };
    add("+-.", in_scheme);
    add(".-_[]", in_host);
    add("/?#\\", ends_authority);
    return table;
}();
static bool is_part(char c, unsigned char part) { return (url_bytes[static_cast<unsigned char>(c)] & part) != 0; }

// The host of what stands behind the scheme: without user and port. Empty where it is none.
static std::string_view host_of(std::string_view rest) noexcept
{
    size_t from = 0, port = rest.npos, end = 0;
    bool good = true;
    for (; end < rest.size() && !is_part(rest[end], ends_authority); end++) {
        if (is_part(rest[end], in_host))
            continue;
        good = (good && rest[end] == ':') || rest[end] == '@';
        if (rest[end] == '@') {
            from = end + 1;
            port = rest.npos;
        } else if (port == rest.npos) {
            port = end;
        }
    }
    if (!good)
        return {};
    const std::string_view authority = rest.substr(from, end - from);
    return authority.starts_with('[') ? authority.substr(0, authority.find(']') + 1) : authority.substr(0, port - from);
}

// Scheme and host stay; user, port, path, query and fragment go.
void mask_url(const Target &, std::string_view text, Output &out) noexcept
{
    size_t scheme = 0;
    while (scheme < text.size() && is_part(text[scheme], in_scheme))
        scheme++;
    std::string_view host;
    if (scheme > 0 && is_letter(text[0]) && text.substr(scheme).starts_with("://"))
        host = host_of(text.substr(scheme + 3));
    if (host.empty())
        out.append(default_literal(Kind::Text));
    else
        out.append(text.substr(0, scheme + 3), host, "/***");
}

// Where the blanks of a text are. A blank is no part of a longer character.
class Blanks
{
  public:
    explicit Blanks(std::string_view text) noexcept : text(text)
    {
        const ByteBits bytes(text);
        bits = bytes.between(' ', ' ') | bytes.between('\t', '\n') | bytes.between('\r', '\r');
    }
    // The first from there on that is one, or is none; the end where there is no such.
    size_t next(size_t from, bool blank) const noexcept
    {
        if (text.size() > ByteBits::most) {
            while (from < text.size() && is_blank(text[from]) != blank)
                from++;
            return from;
        }
        const uint64_t left = from < ByteBits::most ? (blank ? bits : ~bits) >> from << from : 0;
        return std::min(static_cast<size_t>(std::countr_zero(left)), text.size());
    }

  private:
    static bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

    const std::string_view text;
    uint64_t bits;
};

// The first letter of each word of two characters or more.
void mask_name(const Target &target, std::string_view text, Output &out) noexcept
{
    const Blanks blanks(text);
    std::string_view between;
    for (size_t word = blanks.next(0, false), end; word < text.size(); word = blanks.next(end, false)) {
        end = blanks.next(word, true);
        const size_t letter = target.encoding.length(text.data() + word, text.data() + end);
        out.append(between, text.substr(word, word + letter < end ? letter : 0), "***");
        between = " ";
    }
    if (between.empty())
        out.append(default_literal(Kind::Text));
}

} // namespace ddm::core
