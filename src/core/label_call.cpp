// Names, constants and mask calls of the label grammar; see label_call.h.
#include "core/label_call.h"

namespace ddm::core
{

Status check_label_text(std::string_view text)
{
    if (text.size() > label_max_size)
        return Status::error(Code::Value, "longer than 65536 bytes", label_max_size, 0);
    if (size_t zero = text.find('\0'); zero != std::string_view::npos)
        return Status::error(Code::Syntax, "a zero byte", zero, 1);
    return Status::ok();
}

static void check_name_size(const Token &token)
{
    if (token.text.size() > identifier_max_size)
        label_error(Code::Value, "a name is longer than 63 bytes", token.position, token.length);
}

Piece take_name(LabelLexer &lexer, std::string_view message)
{
    const Token &token = lexer.token();
    if (!token.is_name())
        unexpected_at(token, message);
    if (token.kind == Token::Kind::Word && is_reserved_word(token.text))
        unexpected_at(token, message, "A name that is a keyword stands in double quotes.");
    check_name_size(token);
    Token taken = lexer.take();
    return {taken.text, taken.position, taken.length};
}

bool take_constant(LabelLexer &lexer, Argument &out)
{
    const Token &token = lexer.token();
    if (token.is_word("null"))
        out.kind = Argument::Kind::Null;
    else if (token.is_word("true") || token.is_word("false"))
        out.kind = Argument::Kind::Boolean;
    else if (token.kind == Token::Kind::Number)
        out.kind = Argument::Kind::Number;
    else if (token.kind == Token::Kind::String)
        out.kind = Argument::Kind::String;
    else
        return false;
    Token taken = lexer.take();
    out.position = taken.position;
    out.length = taken.length;
    if (out.kind != Argument::Kind::Null)
        out.text = taken.text;
    return true;
}

// The part of a call from its '(' on.
static void take_arguments(LabelLexer &lexer, size_t depth, MaskCall &call);

static Argument take_argument(LabelLexer &lexer, size_t depth)
{
    static constexpr std::string_view wanted =
        "expected an argument: a number, a 'string', true, false, null or a mask";
    Argument argument;
    if (take_constant(lexer, argument))
        return argument;
    if (!lexer.token().is_name())
        unexpected_at(lexer.token(), wanted);

    check_name_size(lexer.token());
    Token name = lexer.take();
    if (lexer.token().is_sign("=>")) {
        lexer.take();
        if (!take_constant(lexer, argument)) {
            argument.kind = Argument::Kind::Call;
            argument.call.push_back(take_call(lexer, depth + 1));
            argument.position = argument.call[0].position;
            argument.length = argument.call[0].length;
        }
        argument.name = name.text;
        return argument;
    }

    MaskCall call;
    call.position = name.position;
    call.name = name.text;
    if (lexer.token().is_sign(".")) {
        lexer.take();
        call.schema = call.name;
        call.name = take_name(lexer, "expected the name of a mask").text;
    }
    if (!lexer.token().is_sign("("))
        unexpected_at(name, wanted, "A text stands in single quotes; a mask is followed by parentheses.");
    take_arguments(lexer, depth + 1, call);
    argument.kind = Argument::Kind::Call;
    argument.position = call.position;
    argument.length = call.length;
    argument.call.push_back(std::move(call));
    return argument;
}

static void take_arguments(LabelLexer &lexer, size_t depth, MaskCall &call)
{
    if (depth > label_max_depth)
        label_error(Code::Unsupported, "masks are nested too deep", call.position, lexer.last_end() - call.position);
    if (!lexer.token().is_sign("("))
        unexpected_at(lexer.token(), "expected \"(\" after the mask's name",
                      "A mask without arguments is written with empty parentheses: email().");
    lexer.take();
    while (!lexer.token().is_sign(")")) {
        if (!call.arguments.empty()) {
            if (!lexer.token().is_sign(","))
                unexpected_at(lexer.token(), "expected \",\" or \")\" in the arguments of a mask");
            lexer.take();
        }
        if (call.arguments.size() == label_max_arguments)
            unexpected_at(lexer.token(), "too many arguments");
        Argument argument = take_argument(lexer, depth);
        if (argument.name.empty() && !call.arguments.empty() && !call.arguments.back().name.empty())
            label_error(Code::Syntax, "an argument without a name follows a named one", argument.position,
                        argument.length);
        for (const Argument &other : call.arguments)
            if (!argument.name.empty() && other.name == argument.name)
                label_error(Code::Syntax, "an argument is named twice", argument.position, argument.length);
        call.arguments.push_back(std::move(argument));
    }
    lexer.take();
    call.length = lexer.last_end() - call.position;
}

MaskCall take_call(LabelLexer &lexer, size_t depth)
{
    MaskCall call;
    Piece name = take_name(lexer, "expected the name of a mask");
    call.position = name.position;
    call.name = name.text;
    if (lexer.token().is_sign(".")) {
        lexer.take();
        call.schema = call.name;
        call.name = take_name(lexer, "expected the name of a mask").text;
    }
    take_arguments(lexer, depth, call);
    return call;
}

} // namespace ddm::core
