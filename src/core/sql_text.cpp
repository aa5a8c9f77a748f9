// Literals of a statement replaced.
#include "core/sql_text.h"

#include <cctype>

namespace ddm::core
{

namespace
{

bool is_identifier_start(unsigned char c) noexcept { return std::isalpha(c) || c == '_' || c >= 0x80; }
bool is_identifier(unsigned char c) noexcept { return is_identifier_start(c) || std::isdigit(c) || c == '$'; }

struct Scan {
    std::string_view sql;
    size_t at = 0;
    char *out;
    size_t used = 0;
    bool blank = false; // white space or a comment came before what is next
    bool standard_strings;

    bool more() const noexcept { return at < sql.size(); }
    char here(size_t ahead = 0) const noexcept { return at + ahead < sql.size() ? sql[at + ahead] : '\0'; }

    void separate() noexcept
    {
        if (blank && used > 0)
            out[used++] = ' ';
        blank = false;
    }
    void copy(size_t from) noexcept
    {
        separate();
        for (size_t i = from; i < at; i++)
            out[used++] = sql[i];
    }
    void literal() noexcept
    {
        separate();
        out[used++] = '?';
    }
};

bool skip_comment(Scan &scan) noexcept
{
    if (scan.here() == '-' && scan.here(1) == '-') {
        while (scan.more() && scan.here() != '\n')
            scan.at++;
        return true;
    }
    if (scan.here() != '/' || scan.here(1) != '*')
        return false;
    for (int depth = 0; scan.more();) { // they nest
        if (scan.here() == '/' && scan.here(1) == '*') {
            depth++;
            scan.at += 2;
        } else if (scan.here() == '*' && scan.here(1) == '/') {
            scan.at += 2;
            if (--depth == 0)
                break;
        } else {
            scan.at++;
        }
    }
    return true;
}

// From the opening quote to after the closing one, doubled quotes included.
void skip_quoted(Scan &scan, char quote, bool backslashes) noexcept
{
    for (scan.at++; scan.more(); scan.at++) {
        if (backslashes && scan.here() == '\\') {
            scan.at++;
        } else if (scan.here() == quote) {
            if (scan.here(1) != quote)
                break;
            scan.at++;
        }
    }
    scan.at = scan.at < scan.sql.size() ? scan.at + 1 : scan.sql.size();
}

// $tag$ ... $tag$. False where it is a parameter or no dollar quote.
bool skip_dollar_quoted(Scan &scan) noexcept
{
    size_t end = 1;
    while (is_identifier(static_cast<unsigned char>(scan.here(end))) && scan.here(end) != '$')
        end++;
    if (scan.here(end) != '$' || std::isdigit(static_cast<unsigned char>(scan.here(1))))
        return false;
    std::string_view tag = scan.sql.substr(scan.at, end + 1);
    size_t close = scan.sql.find(tag, scan.at + tag.size());
    scan.at = close == std::string_view::npos ? scan.sql.size() : close + tag.size();
    return true;
}

// Does the letter before a quote make it a string of another kind: E'', B'', X'', N'', U&''?
size_t string_prefix(const Scan &scan) noexcept
{
    switch (scan.here()) {
    case 'e':
    case 'E':
    case 'b':
    case 'B':
    case 'x':
    case 'X':
    case 'n':
    case 'N':
        return scan.here(1) == '\'' ? 1 : 0;
    case 'u':
    case 'U':
        return scan.here(1) == '&' && scan.here(2) == '\'' ? 2 : 0;
    default:
        return 0;
    }
}

void take_string(Scan &scan, size_t prefix) noexcept
{
    char kind = prefix > 0 ? scan.here() : '\0';
    bool backslashes = kind == 'e' || kind == 'E' || (prefix == 0 && !scan.standard_strings);
    scan.literal();
    scan.at += prefix;
    skip_quoted(scan, '\'', backslashes);
}

bool number_goes_on(const Scan &scan) noexcept
{
    char c = scan.here();
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '_')
        return true;
    if (c == '.')
        return scan.here(1) != '.'; // 1..10 is PL/pgSQL's
    char before = scan.sql[scan.at - 1];
    return (c == '+' || c == '-') && (before == 'e' || before == 'E') &&
           std::isdigit(static_cast<unsigned char>(scan.here(1)));
}

void take_word(Scan &scan) noexcept
{
    size_t from = scan.at;
    while (scan.more() && is_identifier(static_cast<unsigned char>(scan.here())))
        scan.at++;
    scan.copy(from);
}

void take_one(Scan &scan) noexcept
{
    auto c = static_cast<unsigned char>(scan.here());
    size_t from = scan.at;
    if (std::isspace(c) || skip_comment(scan)) {
        if (scan.at == from)
            scan.at++;
        scan.blank = true;
    } else if (c == '\'' || string_prefix(scan) > 0) {
        take_string(scan, c == '\'' ? 0 : string_prefix(scan));
    } else if (c == '"') {
        skip_quoted(scan, '"', false);
        scan.copy(from);
    } else if (c == '$' && skip_dollar_quoted(scan)) {
        scan.literal();
    } else if (c == '$') {
        scan.at++;
        while (std::isdigit(static_cast<unsigned char>(scan.here())))
            scan.at++;
        scan.copy(from);
    } else if (std::isdigit(c) || (c == '.' && std::isdigit(static_cast<unsigned char>(scan.here(1))))) {
        for (scan.at++; scan.more() && number_goes_on(scan);)
            scan.at++;
        scan.literal();
    } else if (is_identifier_start(c)) {
        take_word(scan);
    } else {
        scan.at++;
        scan.copy(from);
    }
}

} // namespace

size_t replace_literals(std::string_view sql, bool standard_strings, char *out) noexcept
{
    Scan scan;
    scan.sql = sql;
    scan.out = out;
    scan.standard_strings = standard_strings;
    while (scan.more())
        take_one(scan);
    return scan.used;
}

} // namespace ddm::core
