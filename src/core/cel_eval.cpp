// The evaluation of conditions: total, and linear in the condition and its values. Depth is bounded by the parser.
#include "core/cel.h"

#include "core/cel_tree.h"

#include <algorithm>
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
    bool is_same_of(const Evaluation &other, size_t index) const;

  private:
    Truth junction(const CelNode &node, Truth absorbing) const;
    Truth comparison(const CelNode &node) const;
    Truth membership(const CelNode &node) const;
    Truth text_test(const CelNode &node) const;
    bool text(size_t index, std::string_view &out) const;
    bool number(size_t index, int64_t &out) const;
    bool missing(size_t index) const;
    Truth is_missing(size_t index, bool wanted) const;
    bool needs_request(size_t index) const;
    bool is_same_attribute(const Evaluation &other, CelAttribute attribute) const;
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
        return input_.request_unknown ? OptionalText{} : input_.application_name;
    case CelAttribute::ClientAddr:
        return input_.request_unknown ? OptionalText{} : input_.client_addr;
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
    return of.op == CelOp::Constant || of.attribute != CelAttribute::Time ||
           (input_.has_time && !input_.request_unknown);
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

bool is_of_request(CelAttribute attribute)
{
    for (const CelAttributeEntry &entry : cel_attributes)
        if (entry.attribute == attribute)
            return entry.of_request;
    return true;
}

bool Evaluation::needs_request(size_t index) const
{
    const CelNode &of = node(index);
    if (of.op == CelOp::Attribute)
        return is_of_request(of.attribute);
    return std::any_of(of.children.begin(), of.children.end(), [&](size_t child) { return needs_request(child); });
}

// What no request is asked for may be missing in one.
Truth Evaluation::is_missing(size_t index, bool wanted) const
{
    return input_.request_unknown && needs_request(index) ? Truth::Unknown : truth_of(missing(index) == wanted);
}

bool Evaluation::is_same_attribute(const Evaluation &other, CelAttribute attribute) const
{
    auto view = [](const OptionalText &text) { return std::string_view(text.data ? text.data : "", text.size); };
    if (attribute == CelAttribute::ClassificationLevel)
        return input_.classification_level == other.input_.classification_level;
    if (attribute == CelAttribute::Tags)
        return std::equal(input_.tags, input_.tags + input_.tag_count, other.input_.tags,
                          other.input_.tags + other.input_.tag_count,
                          [&](const OptionalText &a, const OptionalText &b) { return view(a) == view(b); });
    const OptionalText a = text_attribute(attribute), b = other.text_attribute(attribute);
    return (a.data == nullptr) == (b.data == nullptr) && view(a) == view(b);
}

// Of what both leave open every part is the same; a part that is settled is settled alike.
bool Evaluation::is_same_of(const Evaluation &other, size_t index) const
{
    const CelNode &of = node(index);
    if (of.op == CelOp::Attribute)
        return is_of_request(of.attribute) || is_same_attribute(other, of.attribute);
    if (of.type == CelType::Bool) {
        const Truth answer = truth(index);
        if (answer != other.truth(index))
            return false;
        if (answer != Truth::Unknown)
            return true;
    }
    return std::all_of(of.children.begin(), of.children.end(), [&](size_t child) { return is_same_of(other, child); });
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
        return is_missing(of.children[0], true);
    case CelOp::IsNotNull:
        return is_missing(of.children[0], false);
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

bool condition_is_same_of(const Condition *condition, ConditionInput one, ConditionInput other) noexcept
{
    one.request_unknown = other.request_unknown = true;
    try {
        return Evaluation(*condition, one).is_same_of(Evaluation(*condition, other), condition->root);
    } catch (...) { // out of memory inside RE2
        return false;
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
