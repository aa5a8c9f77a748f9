// Any bytes as a condition, over a column whose name is any bytes: an answer, and places inside the text.
#include "core/cel.h"

#include <cstdint>
#include <cstdlib>

using namespace ddm::core;

static void require(bool condition)
{
    if (!condition)
        std::abort();
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
