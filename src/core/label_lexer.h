// Words, literals and signs of the label grammar, with their places. Core's own: throws LabelError.
#pragma once

#include "core/label.h"

#include <string>
#include <string_view>
#include <vector>

namespace ddm::core
{

// What ends a parse; becomes the Status that the caller sees.
struct LabelError {
    Status status;
};

[[noreturn]] inline void label_error(Code code, std::string_view message, size_t position, size_t length,
                                     std::string_view hint = {})
{
    throw LabelError{Status::error(code, message, position, length, hint)};
}

struct Token {
    enum class Kind : unsigned char { End, Word, QuotedName, String, Number, Sign };
    Kind kind = Kind::End;
    std::string text;    // folded for Word; without quotes for names and strings; without + for numbers
    size_t position = 0; // in the label, also where this is text inside a string of the label
    size_t length = 0;

    bool is_sign(std::string_view sign) const { return kind == Kind::Sign && text == sign; }
    bool is_word(std::string_view word) const { return kind == Kind::Word && text == word; }
    bool is_name() const { return kind == Kind::Word || kind == Kind::QuotedName; }
};

class LabelLexer
{
  public:
    explicit LabelLexer(std::string_view text) : text_(text) { advance(); }

    // Text that stood in a string of the label: places[i] is where byte i of it stands, places[size] its end.
    // Double quotes hold strings there, as in SQL Server's spelling.
    LabelLexer(std::string_view text, std::vector<size_t> places)
        : text_(text), places_(std::move(places)), double_quotes_hold_strings_(true)
    {
        advance();
    }

    const Token &token() const { return token_; }
    Token take();                                 // the current token; moves on
    size_t last_end() const { return last_end_; } // where the token before the current one ends

    // The current token is the '(' of WHEN: takes up to its ')'; answers what stands between, verbatim, trimmed.
    Piece take_condition();

    // The current token is a string: its text with the place of each byte, for a lexer of its own.
    std::vector<size_t> string_places() const { return string_places_; }

  private:
    void advance();
    void skip_blanks();
    void lex_word();
    void lex_quoted_name();
    void lex_string(bool escapes);
    void lex_dollar_string();
    void lex_number();
    void lex_sign();
    size_t dollar_quote_size(size_t at) const;
    size_t skip_quoted(size_t at, char quote, bool escapes, std::string_view what) const;
    size_t end_of_condition(size_t open) const;
    char at(size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
    size_t place(size_t i) const { return places_.empty() ? i : places_[i]; }
    [[noreturn]] void fail(std::string_view message, size_t from, size_t to) const
    {
        label_error(Code::Syntax, message, place(from), place(to) - place(from));
    }

    std::string_view text_;
    std::vector<size_t> places_;
    bool double_quotes_hold_strings_ = false;
    size_t next_ = 0; // the byte after the current token
    size_t last_end_ = 0;
    Token token_;
    std::vector<size_t> string_places_;
};

// Character classes of SQL's scanner.
inline bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (static_cast<unsigned char>(c) & 0x80);
}
inline bool is_name_part(char c) { return is_name_start(c) || is_digit(c) || c == '$'; }
inline char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// A name as SQL reads it back: quoted where folding or a keyword of the grammar would change it.
std::string quoted_name(std::string_view name);
std::string quoted_string(std::string_view text);
// Between two marks, those inside it twice.
std::string quoted(std::string_view text, char mark);
bool is_reserved_word(std::string_view word); // folded

} // namespace ddm::core
