// Words, literals and signs of the label grammar; see label_lexer.h.
#include "core/label_lexer.h"

#include <algorithm>
#include <array>

namespace ddm::core
{

bool is_reserved_word(std::string_view word)
{
    static constexpr std::array<std::string_view, 15> words = {"with",   "for",    "when", "searchable", "limit",
                                                               "per",    "masked", "not",  "function",   "value",
                                                               "policy", "null",   "true", "false",      "minute"};
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string quoted_name(std::string_view name)
{
    bool plain = !name.empty() && is_name_start(name[0]) && !is_reserved_word(name);
    for (char c : name)
        plain = plain && is_name_part(c) && fold(c) == c;
    if (plain)
        return std::string(name);
    return quoted(name, '"');
}

std::string quoted_string(std::string_view text) { return quoted(text, '\''); }

std::string quoted(std::string_view text, char mark)
{
    std::string result(1, mark);
    for (char c : text) {
        result += c;
        if (c == mark)
            result += c;
    }
    return result + mark;
}

Token LabelLexer::take()
{
    Token taken = std::move(token_);
    last_end_ = taken.position + taken.length;
    advance();
    return taken;
}

void LabelLexer::skip_blanks()
{
    while (next_ < text_.size() && is_blank(text_[next_]))
        next_++;
}

void LabelLexer::advance()
{
    skip_blanks();
    size_t start = next_;
    token_ = Token{};
    token_.position = place(start);
    string_places_.clear();
    if (start >= text_.size())
        return;

    char c = text_[start];
    bool signed_number = (c == '+' || c == '-') && (is_digit(at(start + 1)) || at(start + 1) == '.');
    if ((c == 'e' || c == 'E') && at(start + 1) == '\'')
        lex_string(true);
    else if (c == '\'')
        lex_string(false);
    else if (c == '"' && double_quotes_hold_strings_)
        lex_string(false);
    else if (c == '"')
        lex_quoted_name();
    else if (c == '$' && dollar_quote_size(start) > 0)
        lex_dollar_string();
    else if (is_digit(c) || signed_number || (c == '.' && is_digit(at(start + 1))))
        lex_number();
    else if (is_name_start(c))
        lex_word();
    else
        lex_sign();
    token_.length = place(next_) - token_.position;
}

void LabelLexer::lex_word()
{
    token_.kind = Token::Kind::Word;
    while (is_name_part(at(next_)))
        token_.text += fold(text_[next_++]);
}

void LabelLexer::lex_quoted_name()
{
    size_t start = next_++;
    token_.kind = Token::Kind::QuotedName;
    for (;; next_++) {
        if (next_ >= text_.size())
            fail("unterminated quoted name", start, text_.size());
        if (text_[next_] == '"') {
            if (at(next_ + 1) != '"')
                break;
            next_++;
        }
        token_.text += text_[next_];
    }
    next_++;
    if (token_.text.empty())
        fail("a quoted name is empty", start, next_);
}

void LabelLexer::lex_string(bool escapes)
{
    size_t start = next_;
    next_ += escapes ? 1 : 0;
    char quote = text_[next_++];
    token_.kind = Token::Kind::String;
    for (;; next_++) {
        if (next_ >= text_.size())
            fail("unterminated string", start, text_.size());
        char c = text_[next_];
        size_t from = next_;
        if (c == quote) {
            if (at(next_ + 1) != quote)
                break;
            next_++;
        } else if (c == '\\' && escapes) {
            static constexpr std::string_view letters = "nrtbf\\'";
            static constexpr std::string_view meant = "\n\r\t\b\f\\'";
            size_t which = next_ + 1 < text_.size() ? letters.find(text_[next_ + 1]) : std::string_view::npos;
            if (which == std::string_view::npos)
                fail("unknown escape in a string", next_, std::min(next_ + 2, text_.size()));
            c = meant[which];
            next_++;
        }
        token_.text += c;
        string_places_.push_back(place(from));
    }
    string_places_.push_back(place(next_));
    next_++;
}

// The size of "$tag$" at `at`, or 0.
size_t LabelLexer::dollar_quote_size(size_t at) const
{
    size_t i = at + 1;
    if (i < text_.size() && is_name_start(text_[i]))
        while (i < text_.size() && is_name_part(text_[i]) && text_[i] != '$')
            i++;
    return i < text_.size() && text_[i] == '$' ? i + 1 - at : 0;
}

void LabelLexer::lex_dollar_string()
{
    std::string_view delimiter = text_.substr(next_, dollar_quote_size(next_));
    size_t from = next_ + delimiter.size();
    size_t end = text_.find(delimiter, from);
    if (end == std::string_view::npos)
        fail("unterminated dollar-quoted string", next_, text_.size());
    token_.kind = Token::Kind::String;
    token_.text = text_.substr(from, end - from);
    for (size_t i = from; i <= end; i++)
        string_places_.push_back(place(i));
    next_ = end + delimiter.size();
}

void LabelLexer::lex_number()
{
    size_t start = next_;
    token_.kind = Token::Kind::Number;
    if (at(next_) == '+' || at(next_) == '-')
        next_++;
    size_t digits = 0;
    auto run = [&] {
        for (; is_digit(at(next_)); next_++)
            digits++;
    };
    run();
    if (at(next_) == '.') {
        next_++;
        run();
    }
    bool good = digits > 0;
    if (good && fold(at(next_)) == 'e') {
        next_ += at(next_ + 1) == '+' || at(next_ + 1) == '-' ? 2 : 1;
        digits = 0;
        run();
        good = digits > 0;
    }
    while (is_name_part(at(next_))) {
        next_++;
        good = false;
    }
    if (!good)
        fail("malformed number", start, next_);
    token_.text = text_.substr(start, next_ - start);
    if (token_.text[0] == '+')
        token_.text.erase(0, 1);
}

void LabelLexer::lex_sign()
{
    static constexpr std::array<std::string_view, 2> pairs = {"=>", "::"};
    token_.kind = Token::Kind::Sign;
    for (std::string_view pair : pairs)
        if (text_.substr(next_, 2) == pair)
            token_.text = pair;
    if (token_.text.empty())
        token_.text = text_.substr(next_, 1);
    next_ += token_.text.size();
}

// The byte after the quoted thing that starts at `at`.
size_t LabelLexer::skip_quoted(size_t at, char quote, bool escapes, std::string_view what) const
{
    for (size_t i = at + 1; i < text_.size(); i++) {
        if (escapes && text_[i] == '\\')
            i++;
        else if (text_[i] == quote && i + 1 < text_.size() && text_[i + 1] == quote)
            i++;
        else if (text_[i] == quote)
            return i + 1;
    }
    fail(std::string("unterminated ") + std::string(what) + " in a condition", at, text_.size());
}

// SQL's own scanner, as far as it takes to find the end: strings, names and dollar quotes may hold parentheses.
// Comments and semicolons are refused: the text must mean the same wherever it is pasted.
size_t LabelLexer::end_of_condition(size_t open) const
{
    size_t depth = 0;
    for (size_t i = open; i < text_.size();) {
        char c = text_[i];
        char before = i > open ? text_[i - 1] : ' ';
        bool escapes = fold(before) == 'e' && !(i >= 2 && is_name_part(text_[i - 2]));
        if (c == '\'') {
            i = skip_quoted(i, c, escapes, "string");
            continue;
        }
        if (c == '"') {
            i = skip_quoted(i, c, false, "quoted name");
            continue;
        }
        if (c == '$' && !is_name_part(before) && dollar_quote_size(i) > 0) {
            std::string_view delimiter = text_.substr(i, dollar_quote_size(i));
            size_t end = text_.find(delimiter, i + delimiter.size());
            if (end == std::string_view::npos)
                fail("unterminated dollar-quoted string in a condition", i, text_.size());
            i = end + delimiter.size();
            continue;
        }
        if (text_.substr(i, 2) == "--" || text_.substr(i, 2) == "/*")
            fail("a condition may hold no comment", i, i + 2);
        if (c == ';')
            fail("a condition may hold no semicolon", i, i + 1);
        depth += c == '(' ? 1 : 0;
        if (c == ')' && --depth == 0)
            return i;
        i++;
    }
    fail("the parenthesis of WHEN is not closed", open, open + 1);
}

Piece LabelLexer::take_condition()
{
    size_t open = next_ - 1; // the current token is "(", one byte
    size_t close = end_of_condition(open);
    size_t from = open + 1;
    size_t to = close;
    while (from < to && is_blank(text_[from]))
        from++;
    while (to > from && is_blank(text_[to - 1]))
        to--;
    if (from == to)
        fail("the condition is empty", open, close + 1);
    Piece piece{std::string(text_.substr(from, to - from)), place(from), place(to) - place(from)};
    last_end_ = place(close) + 1;
    next_ = close + 1;
    advance();
    return piece;
}

} // namespace ddm::core
