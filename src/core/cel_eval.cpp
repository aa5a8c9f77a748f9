// The evaluation of conditions: total, and linear in the condition and its values. Depth is bounded by the parser.
#include "core/cel.h"

#include "core/cel_tree.h"

#include <compare>

namespace ddm::core
{

namespace
{

Truth truth_of(bool value) { return value ? Truth::True : Truth::False; }

class Evaluation
{
  public:
    Evaluation(const Condition &condition, const ConditionInput &input) : condition_(condition), input_(input) {}

    Truth truth(size_t index) const;

  private:
    Truth junction(const CelNode &node, Truth absorbing) const;
    Truth comparison(const CelNode &node) const;
    Truth membership(const CelNode &node) const;
    Truth text_test(const CelNode &node) const;
    bool text(size_t index, std::string_view &out) const;
    bool number(size_t index, int64_t &out) const;
    bool missing(size_t index) const;
    OptionalText text_attribute(CelAttribute attribute) const;
    const CelNode &node(size_t index) const { return condition_.nodes[index]; }

    const Condition &condition_;
    const ConditionInput &input_;
};

OptionalText Evaluation::text_attribute(CelAttribute attribute) const
{
    switch (attribute) {
    case CelAttribute::ColumnName:
        return input_.column_name;
    case CelAttribute::TableName:
        return input_.table_name;
    case CelAttribute::SchemaName:
        return input_.schema_name;
    case CelAttribute::DatabaseName:
        return input_.database_name;
    case CelAttribute::DataType:
        return input_.data_type;
    case CelAttribute::EnvironmentId:
        return input_.environment_id;
    case CelAttribute::InstanceId:
        return input_.instance_id;
    case CelAttribute::ProjectId:
        return input_.project_id;
    case CelAttribute::ApplicationName:
        return input_.application_name;
    case CelAttribute::ClientAddr:
        return input_.client_addr;
    case CelAttribute::ClassificationLevel:
    case CelAttribute::Tags:
    case CelAttribute::Time:
        break;
    }
    return {};
}

// False: the value is missing.
bool Evaluation::text(size_t index, std::string_view &out) const
{
    const CelNode &of = node(index);
    if (of.op == CelOp::Constant) {
        out = of.text;
        return true;
    }
    OptionalText value = text_attribute(of.attribute);
    if (!value.data)
        return false;
    out = std::string_view(value.data, value.size);
    return true;
}

// Of an Int, Time or Bool; false: the value is missing or unknown.
bool Evaluation::number(size_t index, int64_t &out) const
{
    const CelNode &of = node(index);
    if (of.type == CelType::Bool) {
        Truth value = truth(index);
        out = value == Truth::True;
        return value != Truth::Unknown;
    }
    if (of.op == CelOp::Constant)
        out = of.number;
    else if (of.attribute == CelAttribute::ClassificationLevel)
        out = input_.classification_level;
    else
        out = input_.time;
    return of.op == CelOp::Constant || of.attribute != CelAttribute::Time || input_.has_time;
}

bool Evaluation::missing(size_t index) const
{
    const CelNode &of = node(index);
    std::string_view ignored_text;
    int64_t ignored_number;
    switch (of.type) {
    case CelType::Null:
        return true;
    case CelType::Text:
        return !text(index, ignored_text);
    case CelType::Bool:
    case CelType::Int:
    case CelType::Time:
        return !number(index, ignored_number);
    case CelType::TextList:
    case CelType::IntList:
        return false;
    }
    return true;
}

Truth Evaluation::junction(const CelNode &node, Truth absorbing) const
{
    Truth result = absorbing == Truth::True ? Truth::False : Truth::True;
    for (size_t child : node.children) {
        Truth operand = truth(child);
        if (operand == absorbing)
            return absorbing;
        if (operand == Truth::Unknown)
            result = Truth::Unknown;
    }
    return result;
}

Truth compared(CelOp op, std::strong_ordering order)
{
    switch (op) {
    case CelOp::Equal:
        return truth_of(order == 0);
    case CelOp::NotEqual:
        return truth_of(order != 0);
    case CelOp::Less:
        return truth_of(order < 0);
    case CelOp::LessEqual:
        return truth_of(order <= 0);
    case CelOp::Greater:
        return truth_of(order > 0);
    case CelOp::GreaterEqual:
        return truth_of(order >= 0);
    default:
        return Truth::Unknown;
    }
}

Truth Evaluation::comparison(const CelNode &of) const
{
    size_t left = of.children[0], right = of.children[1];
    if (node(left).type == CelType::Text) {
        std::string_view a, b;
        return text(left, a) && text(right, b) ? compared(of.op, a <=> b) : Truth::Unknown;
    }
    int64_t a = 0, b = 0;
    return number(left, a) && number(right, b) ? compared(of.op, a <=> b) : Truth::Unknown;
}

Truth Evaluation::membership(const CelNode &of) const
{
    const CelNode &list = node(of.children[1]);
    if (list.type == CelType::IntList) {
        int64_t wanted = 0;
        if (!number(of.children[0], wanted))
            return Truth::Unknown;
        for (int64_t element : list.numbers)
            if (element == wanted)
                return Truth::True;
        return Truth::False;
    }
    if (node(of.children[0]).type != CelType::Text)
        return Truth::False; // an empty list
    std::string_view wanted;
    if (!text(of.children[0], wanted))
        return Truth::Unknown;
    if (list.op == CelOp::Constant) {
        for (const std::string &element : list.texts)
            if (element == wanted)
                return Truth::True;
        return Truth::False;
    }
    for (size_t i = 0; i < input_.tag_count; i++)
        if (std::string_view(input_.tags[i].data, input_.tags[i].size) == wanted)
            return Truth::True;
    return Truth::False;
}

Truth Evaluation::text_test(const CelNode &of) const
{
    std::string_view value;
    if (!text(of.children[0], value))
        return Truth::Unknown;
    switch (of.op) {
    case CelOp::StartsWith:
        return truth_of(value.starts_with(of.text));
    case CelOp::EndsWith:
        return truth_of(value.ends_with(of.text));
    case CelOp::Contains:
        return truth_of(value.find(of.text) != std::string_view::npos);
    default:
        return truth_of(RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), *of.pattern));
    }
}

Truth Evaluation::truth(size_t index) const
{
    const CelNode &of = node(index);
    switch (of.op) {
    case CelOp::Constant:
        return of.type == CelType::Bool ? truth_of(of.number != 0) : Truth::Unknown;
    case CelOp::Or:
        return junction(of, Truth::True);
    case CelOp::And:
        return junction(of, Truth::False);
    case CelOp::Not: {
        Truth operand = truth(of.children[0]);
        return operand == Truth::Unknown ? Truth::Unknown : truth_of(operand == Truth::False);
    }
    case CelOp::IsNull:
        return truth_of(missing(of.children[0]));
    case CelOp::IsNotNull:
        return truth_of(!missing(of.children[0]));
    case CelOp::In:
        return membership(of);
    case CelOp::StartsWith:
    case CelOp::EndsWith:
    case CelOp::Contains:
    case CelOp::Matches:
        return text_test(of);
    case CelOp::Attribute:
        return Truth::Unknown;
    default:
        return comparison(of);
    }
}

} // namespace

Truth evaluate_condition(const Condition *condition, const ConditionInput &input) noexcept
{
    try {
        return Evaluation(*condition, input).truth(condition->root);
    } catch (...) { // out of memory inside RE2
        return Truth::Unknown;
    }
}

bool condition_asks_table(const Condition *condition) noexcept
{
    for (const CelNode &node : condition->nodes)
        if (node.op == CelOp::Attribute && node.attribute == CelAttribute::TableName)
            return true;
    return false;
}

bool condition_next_time(const Condition *condition, int64_t now, int64_t *next) noexcept
{
    bool found = false;
    for (const CelNode &node : condition->nodes) {
        if (node.op != CelOp::Constant || node.type != CelType::Time)
            continue;
        // A comparison may turn at the time itself and right after it.
        for (int64_t moment : {node.number, node.number + 1})
            if (moment > now && (!found || moment < *next)) {
                *next = moment;
                found = true;
            }
    }
    return found;
}

} // namespace ddm::core
