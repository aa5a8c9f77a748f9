// The parser of labels, by recursive descent; see label.h for the grammar.
#include "core/label.h"

#include "core/label_call.h"

#include <charconv>

namespace ddm::core
{

namespace
{

class LabelParser
{
  public:
    explicit LabelParser(std::string_view text) : lexer_(text) {}

    Label label();
    Label policy_mask(bool allow_policy);
    void trusted_mask();

  private:
    Label masked_rest();
    Branch branch_rest(std::vector<Piece> roles, size_t position);
    std::vector<Piece> role_list();
    Mask mask();
    MaskCall server_spelling();
    Literal literal();
    std::string type_name();
    Searchable searchable();
    void rate(Searchable &out);
    void end();

    bool accept_word(std::string_view word);
    void expect_word(std::string_view word, std::string_view message, std::string_view hint = {});
    [[noreturn]] void unexpected(std::string_view message, std::string_view hint = {}) const
    {
        label_error(Code::Syntax, message, lexer_.token().position, lexer_.token().length, hint);
    }

    LabelLexer lexer_;
    bool allow_policy_ = true;
    bool bare_call_ = false; // FUNCTION may be left out
};

bool LabelParser::accept_word(std::string_view word)
{
    if (!lexer_.token().is_word(word))
        return false;
    lexer_.take();
    return true;
}

void LabelParser::expect_word(std::string_view word, std::string_view message, std::string_view hint)
{
    if (!accept_word(word))
        unexpected(message, hint);
}

void LabelParser::end()
{
    if (lexer_.token().kind != Token::Kind::End)
        unexpected("expected FOR, WHEN, SEARCHABLE or the end");
}

// ( FUNCTION = 'partial(0,"XXX-XX-",4)' )
MaskCall LabelParser::server_spelling()
{
    lexer_.take();
    expect_word("function", "expected FUNCTION");
    if (!lexer_.token().is_sign("="))
        unexpected("expected \"=\"");
    lexer_.take();
    if (lexer_.token().kind != Token::Kind::String)
        unexpected("expected a mask in single quotes");

    std::string inner_text = lexer_.token().text;
    LabelLexer inner(inner_text, lexer_.string_places());
    MaskCall call = take_call(inner, 0);
    if (inner.token().kind != Token::Kind::End)
        unexpected_at(inner.token(), "expected the end of the mask");
    lexer_.take();
    if (!lexer_.token().is_sign(")"))
        unexpected("expected \")\"");
    lexer_.take();
    return call;
}

// The type after `::`. Names of more than one word stand under their short names (timestamptz).
std::string LabelParser::type_name()
{
    std::string type = quoted_name(take_name(lexer_, "expected the name of a type").text);
    if (lexer_.token().is_sign(".")) {
        lexer_.take();
        type += "." + quoted_name(take_name(lexer_, "expected the name of a type").text);
    }
    if (lexer_.token().is_sign("(")) {
        char before = '(';
        do {
            lexer_.take();
            if (lexer_.token().kind != Token::Kind::Number)
                unexpected("expected a number");
            type += before + lexer_.take().text;
            before = ',';
        } while (lexer_.token().is_sign(","));
        if (!lexer_.token().is_sign(")"))
            unexpected("expected \")\"");
        lexer_.take();
        type += ")";
    }
    while (lexer_.token().is_sign("[")) {
        lexer_.take();
        if (!lexer_.token().is_sign("]"))
            unexpected("expected \"]\"");
        lexer_.take();
        type += "[]";
    }
    return type;
}

Literal LabelParser::literal()
{
    static constexpr std::string_view wanted = "expected a value: NULL, TRUE, FALSE, a number or a 'string'";
    Literal out;
    out.position = lexer_.token().position;
    Argument constant;
    if (!take_constant(lexer_, constant)) {
        if (!lexer_.token().is_name())
            unexpected(wanted);
        Token first = lexer_.token();
        out.type = quoted_name(take_name(lexer_, wanted).text);
        if (lexer_.token().kind != Token::Kind::String)
            unexpected_at(first, wanted, "A text stands in single quotes.");
        take_constant(lexer_, constant);
    }
    out.kind = static_cast<Literal::Kind>(constant.kind);
    out.text = constant.text;
    if (out.type.empty() && lexer_.token().is_sign("::")) {
        lexer_.take();
        out.type = type_name();
    }
    out.length = lexer_.last_end() - out.position;
    return out;
}

Mask LabelParser::mask()
{
    Mask out;
    out.position = lexer_.token().position;
    if (lexer_.token().is_sign("(")) {
        out.kind = Mask::Kind::Function;
        out.function = server_spelling();
    } else if (accept_word("function")) {
        out.kind = Mask::Kind::Function;
        out.function = take_call(lexer_, 0);
    } else if (accept_word("value")) {
        out.kind = Mask::Kind::Value;
        out.value = literal();
    } else if (lexer_.token().is_word("policy")) {
        if (!allow_policy_)
            label_error(Code::Unsupported, "a named policy can't stand on another", lexer_.token().position,
                        lexer_.token().length);
        lexer_.take();
        out.kind = Mask::Kind::Policy;
        out.policy = take_name(lexer_, "expected the name of a policy");
    } else if (bare_call_ && lexer_.token().kind == Token::Kind::Word) {
        out.kind = Mask::Kind::Function;
        out.function = take_call(lexer_, 0);
    } else {
        unexpected("expected a mask: FUNCTION name(...), VALUE literal or POLICY name");
    }
    out.length = lexer_.last_end() - out.position;
    return out;
}

std::vector<Piece> LabelParser::role_list()
{
    std::vector<Piece> roles;
    do {
        if (!roles.empty())
            lexer_.take();
        if (roles.size() == label_max_roles)
            unexpected("too many roles in one list");
        if (lexer_.token().is_word("public"))
            unexpected("expected the name of a role", "The mask of everybody else is the base mask, before FOR.");
        roles.push_back(take_name(lexer_, "expected the name of a role"));
    } while (lexer_.token().is_sign(","));
    return roles;
}

Branch LabelParser::branch_rest(std::vector<Piece> roles, size_t position)
{
    Branch branch;
    branch.roles = std::move(roles);
    branch.position = position;
    branch.mask = mask();
    if (accept_word("when")) {
        if (!lexer_.token().is_sign("("))
            unexpected("expected \"(\" after WHEN", "The condition stands in parentheses: WHEN (region <> 'EU').");
        branch.when = lexer_.take_condition();
        if (lexer_.token().is_word("when"))
            unexpected("a second WHEN", "Join conditions with AND.");
    }
    branch.length = lexer_.last_end() - position;
    return branch;
}

void LabelParser::rate(Searchable &out)
{
    const Token &token = lexer_.token();
    const char *from = token.text.data();
    const char *to = from + token.text.size();
    auto [stop, error] = std::from_chars(from, to, out.limit);
    if (token.kind != Token::Kind::Number || error != std::errc() || stop != to || out.limit == 0 ||
        out.limit > 1000000000)
        label_error(Code::Value, "expected a whole number from 1 to 1000000000", token.position, token.length);
    lexer_.take();
    expect_word("per", "expected PER MINUTE, PER HOUR or PER DAY");
    if (accept_word("minute"))
        out.period = Period::Minute;
    else if (accept_word("hour"))
        out.period = Period::Hour;
    else if (accept_word("day"))
        out.period = Period::Day;
    else
        unexpected("expected MINUTE, HOUR or DAY");
}

Searchable LabelParser::searchable()
{
    Searchable out;
    out.position = lexer_.token().position;
    lexer_.take();
    if (accept_word("for"))
        out.roles = role_list();
    if (accept_word("limit"))
        rate(out);
    out.length = lexer_.last_end() - out.position;
    if (lexer_.token().is_word("searchable"))
        unexpected("a second SEARCHABLE");
    if (lexer_.token().kind != Token::Kind::End)
        unexpected("expected FOR, LIMIT or the end after SEARCHABLE", "SEARCHABLE stands last.");
    return out;
}

// From the base mask on.
Label LabelParser::masked_rest()
{
    Label label;
    label.base = branch_rest({}, lexer_.token().position);
    while (lexer_.token().is_word("for")) {
        if (label.branches.size() == label_max_branches)
            unexpected("too many branches");
        size_t position = lexer_.take().position;
        std::vector<Piece> roles = role_list();
        expect_word("with", "expected WITH and a mask after the roles");
        label.branches.push_back(branch_rest(std::move(roles), position));
    }
    if (lexer_.token().is_word("searchable"))
        label.searchable = searchable();
    end();
    return label;
}

Label LabelParser::label()
{
    if (accept_word("not")) {
        expect_word("masked", "expected MASKED after NOT");
        if (lexer_.token().kind != Token::Kind::End)
            unexpected("expected the end after NOT MASKED");
        Label label;
        label.masked = false;
        return label;
    }
    expect_word("masked", "expected MASKED WITH or NOT MASKED");
    expect_word("with", "expected WITH after MASKED");
    return masked_rest();
}

Label LabelParser::policy_mask(bool allow_policy)
{
    allow_policy_ = allow_policy;
    if (lexer_.token().is_word("not"))
        label_error(Code::Unsupported, "NOT MASKED is for the label of a column alone", lexer_.token().position,
                    lexer_.token().length);
    if (accept_word("masked"))
        expect_word("with", "expected WITH after MASKED");
    else
        bare_call_ = true;
    return masked_rest();
}

void LabelParser::trusted_mask()
{
    expect_word("trusted", "expected TRUSTED MASK", "The label of a function is 'TRUSTED MASK'.");
    expect_word("mask", "expected MASK after TRUSTED");
    if (lexer_.token().kind != Token::Kind::End)
        unexpected("expected the end after TRUSTED MASK");
}

template <typename Parse> Status run_parser(std::string_view text, Parse &&parse) noexcept
{
    return guarded([&]() -> Status {
        if (Status status = check_label_text(text); !status)
            return status;
        try {
            LabelParser parser(text);
            parse(parser);
            return Status::ok();
        } catch (const LabelError &error) {
            return error.status;
        }
    });
}

} // namespace

Status parse_label(std::string_view text, Label &out) noexcept
{
    return run_parser(text, [&](LabelParser &parser) { out = parser.label(); });
}

Status parse_policy_mask(std::string_view text, bool allow_policy, Label &out) noexcept
{
    return run_parser(text, [&](LabelParser &parser) { out = parser.policy_mask(allow_policy); });
}

Status parse_function_label(std::string_view text) noexcept
{
    return run_parser(text, [&](LabelParser &parser) { parser.trusted_mask(); });
}

} // namespace ddm::core
