// Words, literals and signs of conditions, and their timestamps.
#include "core/cel_tree.h"

#include <array>
#include <charconv>
#include <chrono>

namespace ddm::core
{

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
static bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }

CelToken CelLexer::take()
{
    CelToken taken = std::move(token_);
    last_end_ = taken.position + taken.length;
    advance();
    return taken;
}

void CelLexer::advance()
{
    while (next_ < text_.size() && std::string_view(" \t\r\n\f").find(text_[next_]) != std::string_view::npos)
        next_++;
    token_ = CelToken{};
    token_.position = next_;
    if (next_ >= text_.size())
        return;

    char c = text_[next_];
    char after = next_ + 1 < text_.size() ? text_[next_ + 1] : '\0';
    if (c == '"' || c == '\'')
        lex_string(false);
    else if ((c == 'r' || c == 'R') && (after == '"' || after == '\''))
        lex_string(true);
    else if (is_digit(c) || (c == '-' && is_digit(after)))
        lex_number();
    else if (is_name_start(c)) {
        token_.kind = CelToken::Kind::Name;
        while (next_ < text_.size() && is_name_part(text_[next_]))
            token_.text += text_[next_++];
    } else {
        lex_sign();
    }
    token_.length = next_ - token_.position;
}

void CelLexer::lex_string(bool raw)
{
    static constexpr std::string_view letters = "nrtbfav\\\"'`?";
    static constexpr std::string_view meant = "\n\r\t\b\f\a\v\\\"'`?";
    size_t start = next_;
    next_ += raw ? 1 : 0;
    char quote = text_[next_++];
    token_.kind = CelToken::Kind::Text;
    for (;; next_++) {
        if (next_ >= text_.size() || text_[next_] == '\n')
            cel_error(Code::Syntax, "unterminated string", start, next_ - start);
        char c = text_[next_];
        if (c == quote)
            break;
        if (c == '\\' && !raw) {
            size_t which = next_ + 1 < text_.size() ? letters.find(text_[next_ + 1]) : std::string_view::npos;
            if (which == std::string_view::npos)
                cel_error(Code::Syntax, "unknown escape in a string", next_, std::min<size_t>(2, text_.size() - next_),
                          "A regular expression is easier to write as r\"...\", where a backslash is a backslash.");
            c = meant[which];
            next_++;
        }
        token_.text += c;
    }
    next_++;
}

void CelLexer::lex_number()
{
    size_t start = next_++;
    while (next_ < text_.size() && (is_name_part(text_[next_]) || text_[next_] == '.'))
        next_++;
    const char *from = text_.data() + start;
    const char *to = text_.data() + next_;
    auto [stop, error] = std::from_chars(from, to, token_.number);
    if (error != std::errc() || stop != to)
        cel_error(error == std::errc::result_out_of_range ? Code::Value : Code::Syntax, "expected a whole number",
                  start, next_ - start);
    token_.kind = CelToken::Kind::Int;
}

void CelLexer::lex_sign()
{
    static constexpr std::array<std::string_view, 6> pairs = {"==", "!=", "<=", ">=", "&&", "||"};
    static constexpr std::string_view signs = "()[].,!<>";
    token_.kind = CelToken::Kind::Sign;
    for (std::string_view pair : pairs)
        if (text_.substr(next_, 2) == pair)
            token_.text = pair;
    if (token_.text.empty()) {
        size_t size = 1; // of the whole character, for the message
        while (next_ + size < text_.size() && (static_cast<unsigned char>(text_[next_ + size]) & 0xC0) == 0x80)
            size++;
        if (signs.find(text_[next_]) == std::string_view::npos)
            cel_error(Code::Syntax, "not in the language of conditions", next_, size,
                      text_[next_] == '=' ? "Equality is written ==." : "");
        token_.text = text_.substr(next_, 1);
    }
    next_ += token_.text.size();
}

namespace
{

// Takes `digits` digits; false where they are not there.
bool take_digits(std::string_view &text, size_t digits, int &out)
{
    if (text.size() < digits)
        return false;
    out = 0;
    for (size_t i = 0; i < digits; i++) {
        if (!is_digit(text[i]))
            return false;
        out = out * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return true;
}

bool take_char(std::string_view &text, char wanted)
{
    if (text.empty() || text[0] != wanted)
        return false;
    text.remove_prefix(1);
    return true;
}

bool take_fraction(std::string_view &text, int64_t &microseconds)
{
    if (!take_char(text, '.'))
        return true;
    size_t digits = 0;
    for (int64_t unit = 100000; !text.empty() && is_digit(text[0]); unit /= 10, digits++) {
        microseconds += unit * (text[0] - '0');
        text.remove_prefix(1);
    }
    return digits > 0;
}

bool take_zone(std::string_view &text, int64_t &microseconds)
{
    if (take_char(text, 'Z') || take_char(text, 'z'))
        return true;
    bool east = take_char(text, '+');
    int hours = 0, minutes = 0;
    if (!east && !take_char(text, '-'))
        return false;
    if (!take_digits(text, 2, hours) || !take_char(text, ':') || !take_digits(text, 2, minutes) || hours > 15 ||
        minutes > 59)
        return false;
    int64_t offset = (hours * 60 + minutes) * int64_t(60000000);
    microseconds += east ? -offset : offset;
    return true;
}

} // namespace

bool parse_time(std::string_view text, int64_t &microseconds)
{
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    if (!take_digits(text, 4, year) || !take_char(text, '-') || !take_digits(text, 2, month) || !take_char(text, '-') ||
        !take_digits(text, 2, day))
        return false;
    std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                     std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok())
        return false;
    int64_t out = std::chrono::sys_days(date).time_since_epoch().count() * int64_t(86400000000);
    if (text.empty()) {
        microseconds = out;
        return true;
    }
    if (!(take_char(text, 'T') || take_char(text, 't') || take_char(text, ' ')) || !take_digits(text, 2, hour) ||
        !take_char(text, ':') || !take_digits(text, 2, minute) || !take_char(text, ':') ||
        !take_digits(text, 2, second) || hour > 23 || minute > 59 || second > 59)
        return false;
    out += ((hour * 60 + minute) * 60 + second) * int64_t(1000000);
    if (!take_fraction(text, out) || !take_zone(text, out) || !text.empty())
        return false;
    microseconds = out;
    return true;
}

} // namespace ddm::core
