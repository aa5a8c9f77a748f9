// Masks of known formats.
#include "core/mask_format.h"

#include <array>

namespace ddm::core
{

static constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
static constexpr bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

Digits::Digits(std::string_view text)
{
    for (char c : text) {
        bool digit_here = is_digit(c);
        if (digit_here && count < sizeof digit)
            digit[count++] = c;
        else if (digit_here || (c != '-' && c != ' ' && c != '.')) {
            ok = false;
            return;
        }
    }
}

// The last four of at least seven digits; what else a telephone number may hold is free.
void mask_phone(const Target &, std::string_view text, Output &out) noexcept
{
    constexpr size_t enough = 7, shown = 4;
    char last[shown];
    size_t count = 0;
    for (size_t at = text.size(); at > 0 && count < enough; at--) {
        if (!is_digit(text[at - 1]))
            continue;
        if (count < shown)
            last[shown - 1 - count] = text[at - 1];
        count++;
    }
    out.append("XXX-XXX-", count < enough ? std::string_view("XXXX") : std::string_view(last, shown));
}

void mask_ssn(const Target &, std::string_view text, Output &out) noexcept
{
    Digits digits(text);
    out.append("XXX-XX-");
    out.append(digits.ok && digits.count == 9 ? digits.last(4) : std::string_view("XXXX"));
}

void mask_pan(const Target &, std::string_view text, Output &out) noexcept
{
    Digits digits(text);
    out.append("XXXX-XXXX-XXXX-");
    out.append(digits.ok && digits.count >= 12 && digits.count <= 19 ? digits.last(4) : std::string_view("XXXX"));
}

void mask_pan_relaxed(const Target &, std::string_view text, Output &out) noexcept
{
    Digits digits(text);
    if (!digits.ok || digits.count < 14 || digits.count > 19) {
        out.append(16, 'X');
        return;
    }
    out.append(digits.first(6));
    out.append(digits.count - 10, 'X');
    out.append(digits.last(4));
}

// What a character of a code is, a bit each.
enum : unsigned char { letter = 1, digit = 2, blank = 4 };
static constexpr auto character_kinds = [] {
    std::array<unsigned char, 256> table{};
    for (size_t c = 0; c < 256; c++)
        table[c] = is_digit(static_cast<char>(c))    ? digit
                   : is_letter(static_cast<char>(c)) ? letter
                   : c == ' '                        ? blank
                                                     : 0;
    return table;
}();

// Does a text begin with what the pattern wants, letters and digits after that, so many in all, blanks left out?
static bool is_code(std::string_view text, std::string_view pattern, size_t least, size_t most)
{
    size_t at = 0, count = 0;
    bool good = true;
    auto kind = [&] { return character_kinds[static_cast<unsigned char>(text[at])]; };
    for (; at < text.size() && count < pattern.size(); at++) {
        good &= (kind() & (pattern[count] | blank)) != 0;
        count += kind() != blank;
    }
    for (; at < text.size(); at++) {
        good &= kind() != 0;
        count += kind() != blank;
    }
    return good && count >= least && count <= most;
}

// The first `shown` letters or digits and all blanks stay, the rest become stars.
static void star_behind(std::string_view text, size_t shown, Output &out)
{
    size_t at = 0;
    for (size_t seen = 0; at < text.size() && seen < shown; at++)
        seen += text[at] != ' ';
    char *to = out.data + out.size;
    out.append(text);
    for (size_t size = out.fits() ? text.size() : 0; at < size; at++)
        to[at] = to[at] == ' ' ? ' ' : '*';
}

// The country stays.
void mask_iban(const Target &, std::string_view text, Output &out) noexcept
{
    static constexpr char pattern[] = {letter, letter, digit, digit};
    if (is_code(text, {pattern, sizeof pattern}, 15, 34))
        star_behind(text, 2, out);
    else
        out.append(22, '*');
}

// The prefix of two letters stays.
void mask_uk_nin(const Target &, std::string_view text, Output &out) noexcept
{
    static constexpr char pattern[] = {letter, letter, digit, digit, digit, digit, digit, digit, letter};
    if (is_code(text, {pattern, sizeof pattern}, 9, 9))
        star_behind(text, 2, out);
    else
        out.append(9, '*');
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

// What a host may be made of: letters, digits, .-_, brackets and colons, and what is not ASCII.
static constexpr auto host_bytes = [] {
    std::array<bool, 256> table{};
    for (size_t c = 0; c < 256; c++)
        table[c] = c >= 0x80 || is_digit(static_cast<char>(c)) || is_letter(static_cast<char>(c));
    for (char c : {'.', '-', '_', '[', ']', ':'})
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

static bool is_scheme(std::string_view text)
{
    bool ok = !text.empty() && is_letter(text[0]);
    for (char c : text)
        ok = ok && (is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.');
    return ok;
}

// The host of what stands behind the scheme: without user and port.
static std::string_view host_of(std::string_view rest)
{
    size_t end = 0, from = 0;
    for (; end < rest.size() && rest[end] != '/' && rest[end] != '?' && rest[end] != '#' && rest[end] != '\\'; end++)
        if (rest[end] == '@')
            from = end + 1;
    std::string_view host = rest.substr(from, end - from);
    if (host.starts_with('['))
        return host.substr(0, host.find(']') == std::string_view::npos ? 0 : host.find(']') + 1);
    return host.substr(0, host.find(':'));
}

// Scheme and host stay; user, port, path, query and fragment go.
void mask_url(const Target &, std::string_view text, Output &out) noexcept
{
    size_t scheme = text.find("://");
    bool ok = scheme != std::string_view::npos && is_scheme(text.substr(0, scheme));
    std::string_view host = ok ? host_of(text.substr(scheme + 3)) : std::string_view();
    for (char c : host)
        ok = ok && host_bytes[static_cast<unsigned char>(c)];
    if (!ok || host.empty()) {
        out.append(default_literal(Kind::Text));
        return;
    }
    out.append(text.substr(0, scheme + 3));
    out.append(host);
    out.append("/***");
}

// The first letter of each word of two characters or more.
void mask_name(const Target &target, std::string_view text, Output &out) noexcept
{
    const char *at = text.data(), *end = at + text.size();
    bool first = true;
    while (at < end) {
        while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
            at++;
        if (at == end)
            break;
        const char *word = at;
        while (at < end && *at != ' ' && *at != '\t' && *at != '\n' && *at != '\r')
            at += target.encoding.length(at, end);
        size_t letter = target.encoding.length(word, at);
        if (!first)
            out.append(' ');
        first = false;
        if (word + letter < at)
            out.append(std::string_view(word, letter));
        out.append("***");
    }
    if (first)
        out.append(default_literal(Kind::Text));
}

} // namespace ddm::core
