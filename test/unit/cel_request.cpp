// Conditions of exemptions without the request: what holds for all of them, and which columns they can't tell apart.
#include "cel_helper.h"

using namespace cel_test;

TEST_CASE("what is answered without a request holds for all of them")
{
    const Case cases[] = {
        {"resource.column_name == \"ssn\" && request.application_name == \"psql\"", U},
        {"resource.column_name == \"city\" && request.application_name == \"psql\"", F},
        {"resource.column_name == \"ssn\" || request.application_name == \"psql\"", T},
        {"request.application_name == null", U},
        {"request.client_addr != null", U},
        {"(request.application_name == \"psql\") == null", U},
        {"resource.instance_id == null", T},
        {"request.time > timestamp(\"2026-01-01\")", U},
        {"!(request.client_addr.startsWith(\"10.\"))", U},
        {"request.application_name in []", U},
    };
    ConditionInput input = ssn_column();
    input.request_unknown = true;
    for (const Case &one : cases) {
        INFO(one.condition);
        CHECK(evaluate(one.condition, input) == one.truth);
    }
}

TEST_CASE("two columns that a condition can't tell apart")
{
    struct {
        const char *condition;
        bool same;
    } const cases[] = {
        {"request.application_name == \"psql\"", true},
        {"resource.table_name == \"customers\" && request.application_name == \"psql\"", false},
        {"resource.table_name.startsWith(\"c\") && request.application_name == \"psql\"", true},
        {"resource.table_name == \"orders\" && request.application_name == \"psql\"", true},
        {"resource.table_name == request.application_name", false},
        {"request.application_name == resource.column_name", true},
        {"(resource.table_name == \"customers\" && request.application_name == \"a\") || "
         "(resource.table_name == \"clients\" && request.application_name == \"b\")",
         false},
        {"\"pii\" in resource.tags && request.time < timestamp(\"2027-01-01\")", true},
        {"\"contact\" in resource.tags && request.time < timestamp(\"2027-01-01\")", false},
        {"request.application_name in resource.tags", false},
        {"resource.classification_level >= 3 && request.client_addr != null", true},
    };
    ConditionInput one = ssn_column(), other = ssn_column();
    other.table_name = optional_text("clients");
    other.tags = pii_tags + 1;
    other.tag_count = 1;
    for (const auto &each : cases) {
        Compiled compiled(each.condition, ConditionScope::Exemption);
        INFO(each.condition << ": " << compiled.status.message);
        REQUIRE(compiled.status);
        CHECK(condition_is_same_of(compiled.condition, one, other) == each.same);
        CHECK(condition_is_same_of(compiled.condition, other, one) == each.same);
        CHECK(condition_is_same_of(compiled.condition, one, one));
    }
}
