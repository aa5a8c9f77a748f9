// Names, constants and mask calls: the parts of the label grammar that several parsers need. Core's own: throws
// LabelError.
#pragma once

#include "core/label_lexer.h"

namespace ddm::core
{

[[noreturn]] inline void unexpected_at(const Token &token, std::string_view message, std::string_view hint = {})
{
    label_error(Code::Syntax, message, token.position, token.length, hint);
}

// Too long for a label, or with a zero byte, which no text of the server holds.
Status check_label_text(std::string_view text);

// A name in the place of `message`'s noun; keywords of the grammar only in quotes.
Piece take_name(LabelLexer &lexer, std::string_view message);

// NULL, TRUE, FALSE as words; numbers and strings. False, and nothing taken, where none of them stands.
bool take_constant(LabelLexer &lexer, Argument &out);

// [schema .] name ( arguments ); `depth` counts the calls around it.
MaskCall take_call(LabelLexer &lexer, size_t depth);

} // namespace ddm::core
