// The parser and type checker of conditions; see cel.h for the grammar.
#include "core/cel.h"

#include "core/cel_tree.h"

#include <array>

namespace ddm::core
{

namespace
{

struct OperatorEntry {
    std::string_view sign;
    CelOp op;
};

constexpr std::array<OperatorEntry, 6> comparisons = {{{"==", CelOp::Equal},
                                                       {"!=", CelOp::NotEqual},
                                                       {"<", CelOp::Less},
                                                       {"<=", CelOp::LessEqual},
                                                       {">", CelOp::Greater},
                                                       {">=", CelOp::GreaterEqual}}};

constexpr std::array<OperatorEntry, 4> methods = {{{"startsWith", CelOp::StartsWith},
                                                   {"endsWith", CelOp::EndsWith},
                                                   {"contains", CelOp::Contains},
                                                   {"matches", CelOp::Matches}}};

class ConditionParser
{
  public:
    ConditionParser(std::string_view text, ConditionScope scope, bool utf8) : lexer_(text), scope_(scope), utf8_(utf8)
    {
    }

    std::unique_ptr<Condition> run()
    {
        condition_->root = expression(0);
        if (lexer_.token().kind != CelToken::Kind::End)
            unexpected("expected an operator or the end");
        want_bool(condition_->root, "the condition");
        return std::move(condition_);
    }

  private:
    size_t expression(size_t depth) { return chain(CelOp::Or, "||", depth); }
    size_t chain(CelOp op, std::string_view sign, size_t depth);
    size_t relation(size_t depth);
    size_t comparison(CelOp op, size_t left, size_t right);
    size_t membership(size_t left, size_t right);
    size_t unary(size_t depth);
    size_t method(size_t receiver);
    size_t primary(size_t depth);
    size_t list();
    size_t attribute();
    size_t timestamp();
    size_t constant(CelType type);
    std::unique_ptr<RE2> compile_pattern(const CelToken &text);

    CelNode &node(size_t index) { return condition_->nodes[index]; }
    size_t add(CelOp op, CelType type, size_t position);
    size_t finish(size_t index);
    void want_bool(size_t index, std::string_view what);
    void take_sign(std::string_view sign);
    [[noreturn]] void unexpected(std::string_view message)
    {
        cel_error(Code::Syntax, message, lexer_.token().position, lexer_.token().length);
    }
    [[noreturn]] void wrong(Code code, std::string_view message, size_t index, std::string_view hint = {})
    {
        cel_error(code, message, node(index).position, node(index).length, hint);
    }

    CelLexer lexer_;
    ConditionScope scope_;
    bool utf8_;
    std::unique_ptr<Condition> condition_ = std::make_unique<Condition>();
};

size_t ConditionParser::add(CelOp op, CelType type, size_t position)
{
    if (condition_->nodes.size() == condition_max_nodes)
        cel_error(Code::Unsupported, "the condition is too long", position, 0);
    CelNode node;
    node.op = op;
    node.type = type;
    node.position = position;
    condition_->nodes.push_back(std::move(node));
    return condition_->nodes.size() - 1;
}

size_t ConditionParser::finish(size_t index)
{
    node(index).length = lexer_.last_end() - node(index).position;
    return index;
}

void ConditionParser::want_bool(size_t index, std::string_view what)
{
    if (node(index).type != CelType::Bool)
        wrong(Code::Type, std::string(what) + " is neither true nor false", index,
              "Compare the value with something: resource.column_name == \"ssn\".");
}

void ConditionParser::take_sign(std::string_view sign)
{
    if (!lexer_.token().is(sign))
        unexpected("expected \"" + std::string(sign) + "\"");
    lexer_.take();
}

// a || b || c, and below it a && b && c: one node each, however many operands, so that no depth comes of length.
size_t ConditionParser::chain(CelOp op, std::string_view sign, size_t depth)
{
    auto operand = [&] { return op == CelOp::Or ? chain(CelOp::And, "&&", depth) : relation(depth); };
    size_t first = operand();
    if (!lexer_.token().is(sign))
        return first;
    std::vector<size_t> operands = {first};
    while (lexer_.token().is(sign)) {
        lexer_.take();
        operands.push_back(operand());
    }
    for (size_t index : operands)
        want_bool(index, op == CelOp::Or ? "an operand of ||" : "an operand of &&");
    size_t index = add(op, CelType::Bool, node(first).position);
    node(index).children = std::move(operands);
    return finish(index);
}

size_t ConditionParser::relation(size_t depth)
{
    size_t left = unary(depth);
    if (lexer_.token().is_name("in")) {
        lexer_.take();
        return membership(left, unary(depth));
    }
    for (const OperatorEntry &entry : comparisons)
        if (lexer_.token().is(entry.sign)) {
            lexer_.take();
            size_t index = comparison(entry.op, left, unary(depth));
            for (const OperatorEntry &other : comparisons)
                if (lexer_.token().is(other.sign))
                    unexpected("a comparison of a comparison");
            return index;
        }
    return left;
}

size_t ConditionParser::comparison(CelOp op, size_t left, size_t right)
{
    bool equality = op == CelOp::Equal || op == CelOp::NotEqual;
    CelType left_type = node(left).type, right_type = node(right).type;
    if (left_type == CelType::Null || right_type == CelType::Null) {
        if (!equality)
            wrong(Code::Type, "null has no order", left_type == CelType::Null ? left : right);
        size_t index = add(op == CelOp::Equal ? CelOp::IsNull : CelOp::IsNotNull, CelType::Bool, node(left).position);
        node(index).children = {left_type == CelType::Null ? right : left};
        return finish(index);
    }
    if (left_type != right_type)
        wrong(Code::Type, "a comparison of different types", right);
    bool ordered = left_type == CelType::Int || left_type == CelType::Text || left_type == CelType::Time;
    if (!ordered && !(equality && left_type == CelType::Bool))
        wrong(Code::Type, "this type can't be compared so", left,
              left_type == CelType::TextList ? "Ask for one element: \"pii\" in resource.tags." : "");
    size_t index = add(op, CelType::Bool, node(left).position);
    node(index).children = {left, right};
    return finish(index);
}

size_t ConditionParser::membership(size_t left, size_t right)
{
    CelType element = node(left).type, list = node(right).type;
    if (list != CelType::TextList && list != CelType::IntList)
        wrong(Code::Type, "expected a list after in", right, "A list is written [\"a\", \"b\"].");
    bool empty = node(right).op == CelOp::Constant && node(right).texts.empty() && node(right).numbers.empty();
    if (!empty && element != (list == CelType::TextList ? CelType::Text : CelType::Int))
        wrong(Code::Type, "the list holds another type", left);
    size_t index = add(CelOp::In, CelType::Bool, node(left).position);
    node(index).children = {left, right};
    return finish(index);
}

size_t ConditionParser::unary(size_t depth)
{
    if (depth > condition_max_depth)
        cel_error(Code::Unsupported, "the condition is nested too deep", lexer_.token().position,
                  lexer_.token().length);
    if (lexer_.token().is("!")) {
        size_t position = lexer_.take().position;
        size_t operand = unary(depth + 1);
        want_bool(operand, "the operand of !");
        size_t index = add(CelOp::Not, CelType::Bool, position);
        node(index).children = {operand};
        return finish(index);
    }
    size_t index = primary(depth);
    return lexer_.token().is(".") ? method(index) : index;
}

size_t ConditionParser::method(size_t receiver)
{
    lexer_.take();
    CelToken name = lexer_.token();
    if (name.kind != CelToken::Kind::Name)
        unexpected("expected startsWith, endsWith, contains or matches");
    lexer_.take();
    for (const OperatorEntry &entry : methods) {
        if (name.text != entry.sign)
            continue;
        if (node(receiver).type != CelType::Text)
            wrong(Code::Type, "expected a text before ." + name.text + "()", receiver);
        take_sign("(");
        CelToken argument = lexer_.token();
        if (argument.kind != CelToken::Kind::Text)
            unexpected("expected a \"string\"");
        lexer_.take();
        take_sign(")");
        size_t index = add(entry.op, CelType::Bool, node(receiver).position);
        node(index).children = {receiver};
        node(index).text = argument.text;
        if (entry.op == CelOp::Matches)
            node(index).pattern = compile_pattern(argument);
        return finish(index);
    }
    cel_error(Code::Unknown, "unknown function", name.position, name.length,
              "There are startsWith, endsWith, contains and matches.");
}

std::unique_ptr<RE2> ConditionParser::compile_pattern(const CelToken &text)
{
    RE2::Options options;
    options.set_log_errors(false);
    options.set_encoding(utf8_ ? RE2::Options::EncodingUTF8 : RE2::Options::EncodingLatin1);
    options.set_max_mem(1 << 20);
    options.set_never_capture(true);
    auto pattern = std::make_unique<RE2>(text.text, options);
    if (!pattern->ok())
        cel_error(Code::Value, "the regular expression does not compile: " + pattern->error(), text.position,
                  text.length, "Regular expressions are those of RE2: no back references, no look-around.");
    return pattern;
}

size_t ConditionParser::constant(CelType type)
{
    CelToken token = lexer_.take();
    size_t index = add(CelOp::Constant, type, token.position);
    node(index).text = token.kind == CelToken::Kind::Text ? token.text : "";
    node(index).number = type == CelType::Bool ? token.text == "true" : token.number;
    return finish(index);
}

size_t ConditionParser::primary(size_t depth)
{
    const CelToken &token = lexer_.token();
    if (token.is("(")) {
        lexer_.take();
        size_t inner = expression(depth + 1);
        take_sign(")");
        return inner;
    }
    if (token.is("["))
        return list();
    if (token.kind == CelToken::Kind::Text)
        return constant(CelType::Text);
    if (token.kind == CelToken::Kind::Int)
        return constant(CelType::Int);
    if (token.is_name("true") || token.is_name("false"))
        return constant(CelType::Bool);
    if (token.is_name("null"))
        return constant(CelType::Null);
    if (token.is_name("resource") || token.is_name("request"))
        return attribute();
    if (token.is_name("timestamp"))
        return timestamp();
    if (token.kind == CelToken::Kind::Name)
        cel_error(Code::Unknown, "unknown name", token.position, token.length,
                  "Attributes are written resource.NAME and request.NAME; a text stands in quotes.");
    unexpected("expected a value");
}

size_t ConditionParser::list()
{
    size_t index = add(CelOp::Constant, CelType::TextList, lexer_.take().position);
    bool first = true;
    for (; !lexer_.token().is("]"); first = false) {
        if (!first)
            take_sign(",");
        CelToken element = lexer_.token();
        CelType type = element.kind == CelToken::Kind::Int ? CelType::IntList : CelType::TextList;
        if (element.kind != CelToken::Kind::Int && element.kind != CelToken::Kind::Text)
            unexpected("expected a \"string\" or a number");
        if (!first && type != node(index).type)
            cel_error(Code::Type, "the list holds another type", element.position, element.length);
        node(index).type = type;
        lexer_.take();
        if (type == CelType::IntList)
            node(index).numbers.push_back(element.number);
        else
            node(index).texts.push_back(element.text);
    }
    lexer_.take();
    return finish(index);
}

size_t ConditionParser::attribute()
{
    CelToken object = lexer_.take();
    bool of_request = object.text == "request";
    take_sign(".");
    CelToken name = lexer_.token();
    if (name.kind != CelToken::Kind::Name)
        unexpected("expected the name of an attribute");
    lexer_.take();
    for (const CelAttributeEntry &entry : cel_attributes) {
        if (name.text != entry.name || of_request != entry.of_request)
            continue;
        if (of_request && scope_ == ConditionScope::Rule)
            cel_error(Code::Unsupported, "a rule knows no request", object.position,
                      lexer_.last_end() - object.position,
                      "Rules are about columns; who may see them is for UNMASK and exemptions.");
        condition_->needs_request = condition_->needs_request || of_request;
        size_t index = add(CelOp::Attribute, entry.type, object.position);
        node(index).attribute = entry.attribute;
        return finish(index);
    }
    cel_error(Code::Unknown, "unknown attribute", object.position, lexer_.last_end() - object.position,
              of_request ? "There are request.time, request.application_name and request.client_addr."
                         : "There are column_name, table_name, schema_name, database_name, data_type, tags, "
                           "classification_level, environment_id, instance_id and project_id.");
}

size_t ConditionParser::timestamp()
{
    size_t index = add(CelOp::Constant, CelType::Time, lexer_.take().position);
    take_sign("(");
    CelToken text = lexer_.token();
    if (text.kind != CelToken::Kind::Text)
        unexpected("expected a \"string\"");
    if (!parse_time(text.text, node(index).number))
        cel_error(Code::Value, "not a time", text.position, text.length,
                  "A time is written as in timestamp(\"2026-12-31T23:59:59Z\").");
    lexer_.take();
    take_sign(")");
    return finish(index);
}

} // namespace

Status compile_condition(std::string_view text, ConditionScope scope, bool utf8, Condition **out) noexcept
{
    return guarded([&]() -> Status {
        if (text.size() > condition_max_size)
            return Status::error(Code::Value, "longer than 16384 bytes", condition_max_size, 0);
        try {
            *out = ConditionParser(text, scope, utf8).run().release();
            return Status::ok();
        } catch (const CelError &error) {
            return error.status;
        }
    });
}

void free_condition(Condition *condition) noexcept { delete condition; }

bool condition_needs_request(const Condition *condition) noexcept { return condition->needs_request; }

} // namespace ddm::core
