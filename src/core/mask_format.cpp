// Masks of known formats.
#include "core/mask_format.h"

namespace ddm::core
{

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

Digits::Digits(std::string_view text, std::string_view separators)
{
    for (char c : text) {
        if (is_digit(c) && count < sizeof digit)
            digit[count++] = c;
        else if (is_digit(c) || separators.find(c) == std::string_view::npos)
            ok = false;
    }
}

// The last four of at least seven digits; what else a telephone number may hold is free.
void mask_phone(const Target &, std::string_view text, Output &out)
{
    char last[4];
    size_t count = 0;
    for (char c : text)
        if (is_digit(c))
            last[count++ % 4] = c;
    out.append("XXX-XXX-");
    if (count < 7) {
        out.append("XXXX");
        return;
    }
    for (size_t i = 0; i < 4; i++)
        out.append(last[(count + i) % 4]);
}

void mask_ssn(const Target &, std::string_view text, Output &out)
{
    Digits digits(text, "- .");
    out.append("XXX-XX-");
    out.append(digits.ok && digits.count == 9 ? digits.last(4) : std::string_view("XXXX"));
}

void mask_pan(const Target &, std::string_view text, Output &out)
{
    Digits digits(text, "- .");
    out.append("XXXX-XXXX-XXXX-");
    out.append(digits.ok && digits.count >= 12 && digits.count <= 19 ? digits.last(4) : std::string_view("XXXX"));
}

void mask_pan_relaxed(const Target &, std::string_view text, Output &out)
{
    Digits digits(text, "- .");
    if (!digits.ok || digits.count < 14 || digits.count > 19) {
        out.append(16, 'X');
        return;
    }
    out.append(digits.first(6));
    out.append(digits.count - 10, 'X');
    out.append(digits.last(4));
}

// Letters and digits of a text, upper case, blanks left out; empty where there is anything else.
static std::string compact(std::string_view text)
{
    std::string result;
    for (char c : text) {
        if (is_letter(c) || is_digit(c))
            result.push_back(is_letter(c) ? static_cast<char>(c & ~0x20) : c);
        else if (c != ' ')
            return {};
    }
    return result;
}

// The first `shown` letters or digits and all blanks stay, the rest become stars.
static void star_behind(std::string_view text, size_t shown, Output &out)
{
    size_t seen = 0;
    for (char c : text)
        out.append(c == ' ' || seen++ < shown ? c : '*');
}

// The country stays.
void mask_iban(const Target &, std::string_view text, Output &out)
{
    std::string code = compact(text);
    if (code.size() >= 15 && code.size() <= 34 && is_letter(code[0]) && is_letter(code[1]) && is_digit(code[2]) &&
        is_digit(code[3]))
        star_behind(text, 2, out);
    else
        out.append(22, '*');
}

// The prefix of two letters stays.
void mask_uk_nin(const Target &, std::string_view text, Output &out)
{
    std::string code = compact(text);
    bool ok = code.size() == 9 && is_letter(code[0]) && is_letter(code[1]) && is_letter(code[8]);
    for (size_t i = 2; ok && i < 8; i++)
        ok = is_digit(code[i]);
    if (ok)
        star_behind(text, 2, out);
    else
        out.append(9, '*');
}

void mask_canada_sin(const Target &, std::string_view, Output &out) { out.append("XXX-XXX-XXX"); }

// Of the type uuid: zeros; of a text: stars in the shape of one.
void mask_uuid(const Target &target, std::string_view, Output &out)
{
    if (target.kind == Kind::Uuid)
        out.append(16, '\0');
    else
        out.append("********-****-****-****-************");
}

// Scheme and host stay; user, port, path, query and fragment go.
void mask_url(const Target &, std::string_view text, Output &out)
{
    size_t scheme = text.find("://");
    bool ok = scheme != std::string_view::npos && scheme > 0;
    for (size_t i = 0; ok && i < scheme; i++)
        ok = is_letter(text[i]) || (i > 0 && (is_digit(text[i]) || text[i] == '+' || text[i] == '-' || text[i] == '.'));
    std::string_view host = ok ? text.substr(scheme + 3) : std::string_view();
    host = host.substr(0, host.find_first_of("/?#\\"));
    if (size_t at = host.rfind('@'); at != std::string_view::npos)
        host = host.substr(at + 1);
    if (size_t colon = host.find(':'); colon != std::string_view::npos && !host.starts_with('['))
        host = host.substr(0, colon);
    else if (host.starts_with('['))
        host = host.substr(0, host.find(']') == std::string_view::npos ? 0 : host.find(']') + 1);
    for (char c : host)
        ok = ok && (is_letter(c) || is_digit(c) || (c & 0x80) ||
                    std::string_view(".-_[]:").find(c) != std::string_view::npos);
    if (!ok || host.empty()) {
        out.append(default_literal(Kind::Text));
        return;
    }
    out.append(text.substr(0, scheme + 3));
    out.append(host);
    out.append("/***");
}

// The first letter of each word of two characters or more.
void mask_name(const Target &target, std::string_view text, Output &out)
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
