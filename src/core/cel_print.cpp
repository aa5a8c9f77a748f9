// The canonical text of a condition: one for all the ways to write the same.
#include "core/cel.h"

#include "core/cel_tree.h"

#include <chrono>

namespace ddm::core
{

namespace
{

std::string quoted_literal(std::string_view text)
{
    static constexpr std::string_view special = "\n\r\t\b\f\a\v\\\"";
    static constexpr std::string_view letters = "nrtbfav\\\"";
    std::string out = "\"";
    for (char c : text) {
        size_t which = special.find(c);
        if (which == std::string_view::npos)
            out += c;
        else
            (out += '\\') += letters[which];
    }
    return out + '"';
}

// A regular expression reads best with its backslashes as they are.
std::string quoted_pattern(std::string_view text)
{
    bool raw = text.find('\\') != std::string_view::npos && text.find('"') == std::string_view::npos &&
               text.find('\n') == std::string_view::npos;
    return raw ? "r\"" + std::string(text) + "\"" : quoted_literal(text);
}

std::string digits(int64_t number, size_t width)
{
    std::string text = std::to_string(number);
    return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

std::string time_text(int64_t microseconds)
{
    using namespace std::chrono;
    sys_days day = floor<days>(sys_time<std::chrono::microseconds>(std::chrono::microseconds(microseconds)));
    year_month_day date(day);
    int64_t rest = microseconds - duration_cast<std::chrono::microseconds>(day.time_since_epoch()).count();
    int year = static_cast<int>(date.year());
    if (year < 0 || year > 9999)
        cel_error(Code::Value, "a time out of range", 0, 0);
    std::string text = digits(year, 4) + "-" + digits(static_cast<unsigned>(date.month()), 2) + "-" +
                       digits(static_cast<unsigned>(date.day()), 2) + "T" + digits(rest / 3600000000, 2) + ":" +
                       digits(rest / 60000000 % 60, 2) + ":" + digits(rest / 1000000 % 60, 2);
    if (int64_t fraction = rest % 1000000)
        text += "." + digits(fraction, 6);
    return "timestamp(\"" + text + "Z\")";
}

class Printer
{
  public:
    explicit Printer(const Condition &condition) : condition_(condition) {}
    std::string print(size_t index) const;

  private:
    const CelNode &node(size_t index) const { return condition_.nodes[index]; }
    std::string constant(const CelNode &of) const;
    std::string chain(const CelNode &of, std::string_view sign) const;
    std::string operand(size_t index) const;
    std::string method(const CelNode &of, std::string_view name) const;
    std::string compared(const CelNode &of, std::string_view sign) const;

    const Condition &condition_;
};

template <typename Elements, typename Print> std::string list_text(const Elements &elements, const Print &print)
{
    std::string text;
    for (const auto &element : elements)
        text += (text.empty() ? "" : ", ") + print(element);
    return "[" + text + "]";
}

std::string Printer::constant(const CelNode &of) const
{
    switch (of.type) {
    case CelType::Null:
        return "null";
    case CelType::Bool:
        return of.number != 0 ? "true" : "false";
    case CelType::Int:
        return std::to_string(of.number);
    case CelType::Text:
        return quoted_literal(of.text);
    case CelType::Time:
        return time_text(of.number);
    case CelType::TextList:
        return list_text(of.texts, [](const std::string &text) { return quoted_literal(text); });
    case CelType::IntList:
        return list_text(of.numbers, [](int64_t number) { return std::to_string(number); });
    }
    return "null";
}

std::string attribute_name(CelAttribute attribute)
{
    for (const CelAttributeEntry &entry : cel_attributes)
        if (entry.attribute == attribute)
            return (entry.of_request ? "request." : "resource.") + std::string(entry.name);
    return "";
}

// What stands in a chain of the same kind is of the chain; && binds closer than ||.
std::string Printer::chain(const CelNode &of, std::string_view sign) const
{
    std::string text;
    for (size_t child : of.children) {
        bool looser = of.op == CelOp::And && node(child).op == CelOp::Or;
        text += text.empty() ? "" : " " + std::string(sign) + " ";
        text += looser ? "(" + print(child) + ")" : print(child);
    }
    return text;
}

// Of a comparison or a negation: what binds less stands in parentheses.
std::string Printer::operand(size_t index) const
{
    switch (node(index).op) {
    case CelOp::Constant:
    case CelOp::Attribute:
    case CelOp::Not:
    case CelOp::StartsWith:
    case CelOp::EndsWith:
    case CelOp::Contains:
    case CelOp::Matches:
        return print(index);
    default:
        return "(" + print(index) + ")";
    }
}

std::string Printer::method(const CelNode &of, std::string_view name) const
{
    return operand(of.children[0]) + "." + std::string(name) + "(" +
           (of.op == CelOp::Matches ? quoted_pattern(of.text) : quoted_literal(of.text)) + ")";
}

std::string Printer::compared(const CelNode &of, std::string_view sign) const
{
    return operand(of.children[0]) + " " + std::string(sign) + " " +
           (of.children.size() > 1 ? operand(of.children[1]) : "null");
}

std::string Printer::print(size_t index) const
{
    const CelNode &of = node(index);
    switch (of.op) {
    case CelOp::Constant:
        return constant(of);
    case CelOp::Attribute:
        return attribute_name(of.attribute);
    case CelOp::Or:
        return chain(of, "||");
    case CelOp::And:
        return chain(of, "&&");
    case CelOp::Not:
        return "!" + operand(of.children[0]);
    case CelOp::Equal:
    case CelOp::IsNull:
        return compared(of, "==");
    case CelOp::NotEqual:
    case CelOp::IsNotNull:
        return compared(of, "!=");
    case CelOp::Less:
        return compared(of, "<");
    case CelOp::LessEqual:
        return compared(of, "<=");
    case CelOp::Greater:
        return compared(of, ">");
    case CelOp::GreaterEqual:
        return compared(of, ">=");
    case CelOp::In:
        return compared(of, "in");
    case CelOp::StartsWith:
        return method(of, "startsWith");
    case CelOp::EndsWith:
        return method(of, "endsWith");
    case CelOp::Contains:
        return method(of, "contains");
    case CelOp::Matches:
        return method(of, "matches");
    }
    return "";
}

} // namespace

Status print_condition(const Condition *condition, std::string &out) noexcept
{
    return guarded([&]() -> Status {
        try {
            out = Printer(*condition).print(condition->root);
            return Status::ok();
        } catch (const CelError &error) {
            return error.status;
        }
    });
}

} // namespace ddm::core
