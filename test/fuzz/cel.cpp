// Any bytes as a condition, over a column whose name is any bytes: an answer, places inside the text, and a canonical
// text that says the same.
#include "core/cel.h"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace ddm::core;

static void require(bool condition)
{
    if (!condition)
        std::abort();
}

// What compiles prints to a text that compiles to the same.
static void check_printed(const Condition *condition, Truth truth, const ConditionInput &input, ConditionScope scope,
                          bool utf8)
{
    std::string printed, reprinted;
    Condition *again = nullptr;
    if (!print_condition(condition, printed) || printed.size() > condition_max_size)
        return;
    require(static_cast<bool>(compile_condition(printed, scope, utf8, &again)));
    require(static_cast<bool>(print_condition(again, reprinted)) && printed == reprinted);
    require(evaluate_condition(again, input) == truth);
    free_condition(again);
}

static void check(std::string_view text, std::string_view name, ConditionScope scope, bool utf8)
{
    Condition *condition = nullptr;
    Status status = compile_condition(text, scope, utf8, &condition);
    require(status.code != Code::Internal);
    if (!status) {
        require(status.position + status.length <= text.size() && condition == nullptr);
        return;
    }
    ConditionInput input;
    OptionalText value = {name.data() ? name.data() : "", name.size()};
    input.column_name = value;
    input.application_name = value;
    input.tags = &value;
    input.tag_count = 1;
    input.classification_level = static_cast<int64_t>(name.size());
    Truth once = evaluate_condition(condition, input);
    require(once == evaluate_condition(condition, input));
    check_printed(condition, once, input, scope, utf8);
    require(condition_is_same_of(condition, input, input));
    input.request_unknown = true;
    const Truth always = evaluate_condition(condition, input);
    require(always == Truth::Unknown || always == once);
    free_condition(condition);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    std::string_view all(reinterpret_cast<const char *>(data), size);
    size_t cut = all.find('\n');
    std::string_view text = all.substr(0, cut);
    std::string_view name = cut == std::string_view::npos ? std::string_view() : all.substr(cut + 1);
    check(text, name, ConditionScope::Exemption, true);
    check(text, name, ConditionScope::Rule, false);
    return 0;
}
