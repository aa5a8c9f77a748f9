// What tests of conditions share.
#pragma once

#include <catch2/catch.hpp>

#include "core/cel.h"
#include "core/cel_tree.h"

#include <cstring>
#include <string>

using namespace ddm::core;

namespace cel_test
{

inline OptionalText optional_text(const char *text) { return {text, text ? std::strlen(text) : 0}; }

struct Compiled {
    Condition *condition = nullptr;
    Status status;
    explicit Compiled(std::string_view text, ConditionScope scope = ConditionScope::Rule)
        : status(compile_condition(text, scope, true, &condition))
    {
    }
    ~Compiled() { free_condition(condition); }
};

inline Truth evaluate(std::string_view text, const ConditionInput &input)
{
    Compiled compiled(text, ConditionScope::Exemption);
    INFO(text << ": " << compiled.status.message);
    REQUIRE(compiled.status);
    return evaluate_condition(compiled.condition, input);
}

inline const OptionalText pii_tags[] = {optional_text("contact"), optional_text("pii")};

inline ConditionInput ssn_column()
{
    ConditionInput input;
    input.column_name = optional_text("ssn");
    input.table_name = optional_text("customers");
    input.schema_name = optional_text("public");
    input.database_name = optional_text("shop");
    input.data_type = optional_text("character varying");
    input.environment_id = optional_text("prod");
    input.classification_level = 3;
    input.tags = pii_tags;
    input.tag_count = 2;
    input.has_time = true;
    parse_time("2026-11-24T03:00:00Z", input.time);
    input.application_name = optional_text("psql");
    return input; // instance_id, project_id, client_addr are missing
}

struct Case {
    const char *condition;
    Truth truth;
};
constexpr Truth T = Truth::True, F = Truth::False, U = Truth::Unknown;

} // namespace cel_test
