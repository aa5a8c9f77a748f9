// Conditions of rules and exemptions: what they say of a column, what null does, and what is refused where.
#include "cel_helper.h"

using namespace cel_test;

TEST_CASE("the three conditions that everybody writes")
{
    const char *by_name = "resource.column_name == \"ssn\"";
    const char *by_level = "resource.classification_level >= 3";
    const char *by_environment = "resource.environment_id == \"prod\" || (resource.environment_id == \"staging\" && "
                                 "resource.classification_level >= 3)";
    ConditionInput input = ssn_column();
    CHECK(evaluate(by_name, input) == T);
    CHECK(evaluate(by_level, input) == T);
    CHECK(evaluate(by_environment, input) == T);
    input.column_name = optional_text("city");
    input.classification_level = 2;
    CHECK(evaluate(by_name, input) == F);
    CHECK(evaluate(by_level, input) == F);
    CHECK(evaluate(by_environment, input) == T);
    input.environment_id = optional_text("staging");
    CHECK(evaluate(by_environment, input) == F);
    input.classification_level = 4;
    CHECK(evaluate(by_environment, input) == T);
    input.environment_id = optional_text("dev");
    CHECK(evaluate(by_environment, input) == F);
    input.environment_id = {};
    CHECK(evaluate(by_environment, input) == U);
    CHECK(rule_matches(U));
    CHECK_FALSE(exemption_matches(U));
}

TEST_CASE("conditions that hold, that do not, and that cannot tell")
{
    ConditionInput input = ssn_column();
    // clang-format off: a table
    for (const Case &c : {
             Case{"true", T},
             Case{"false", F},
             Case{"!true", F},
             Case{"!!true", T},
             Case{"(true)", T},
             Case{"resource.table_name == 'customers'", T},
             Case{"resource.table_name != 'customers'", F},
             Case{"resource.schema_name in ['public', 'sales']", T},
             Case{"resource.schema_name in []", F},
             Case{"\"pii\" in resource.tags", T},
             Case{"\"PII\" in resource.tags", F},
             Case{"!('gdpr' in resource.tags)", T},
             Case{"resource.column_name in resource.tags", F},
             Case{"resource.classification_level in [1, 3]", T},
             Case{"resource.classification_level in [1, 2]", F},
             Case{"resource.classification_level == 3", T},
             Case{"resource.classification_level < 3", F},
             Case{"resource.classification_level <= 3", T},
             Case{"resource.classification_level > -1", T},
             Case{"resource.classification_level != 4", T},
             Case{"3 <= resource.classification_level", T},
             Case{"resource.data_type == \"character varying\"", T},
             Case{"resource.database_name == \"shop\"", T},
             Case{"resource.column_name.startsWith(\"s\")", T},
             Case{"resource.column_name.startsWith(\"sx\")", F},
             Case{"resource.column_name.endsWith(\"sn\")", T},
             Case{"resource.column_name.endsWith(\"ssnn\")", F},
             Case{"resource.column_name.contains(\"s\")", T},
             Case{"resource.column_name.contains(\"x\")", F},
             Case{"resource.column_name.contains(\"\")", T},
             Case{"\"abc\".contains(\"b\")", T},
             Case{"resource.column_name.matches(\"^s+n$\")", T},
             Case{"resource.column_name.matches(r\"\\d\")", F},
             Case{"resource.column_name.matches(\"(?i)^SSN$\")", T},
             Case{"resource.column_name.matches(\"s\")", T},
             Case{"resource.column_name < \"t\"", T},
             Case{"resource.column_name >= \"t\"", F},
             Case{"true && true && true", T},
             Case{"true && false && true", F},
             Case{"false || false || true", T},
             Case{"true || false && false", T},
             Case{"(true || false) && false", F},
             Case{"true == (resource.classification_level == 3)", T},
             Case{"true != false", T},
             Case{"request.time < timestamp(\"2026-12-31T23:59:59Z\")", T},
             Case{"request.time >= timestamp('2026-11-24T03:00:00Z')", T},
             Case{"request.time > timestamp(\"2026-11-24T05:30:00+02:30\")", F},
             Case{"request.time > timestamp(\"2026-11-24\")", T},
             Case{"request.application_name == \"psql\"", T},
             // what is missing
             Case{"resource.instance_id == \"a\"", U},
             Case{"resource.instance_id != \"a\"", U},
             Case{"resource.instance_id in [\"a\"]", U},
             Case{"resource.instance_id.startsWith(\"a\")", U},
             Case{"!(resource.instance_id == \"a\")", U},
             Case{"resource.instance_id == resource.project_id", U},
             Case{"resource.instance_id == null", T},
             Case{"null == resource.instance_id", T},
             Case{"resource.instance_id != null", F},
             Case{"resource.column_name == null", F},
             Case{"null == null", T},
             Case{"(resource.instance_id == \"a\") == null", T},
             Case{"(resource.instance_id == \"a\") == true", U},
             Case{"request.client_addr.startsWith(\"10.\")", U},
             // which && and || absorb
             Case{"false && resource.instance_id == \"a\"", F},
             Case{"resource.instance_id == \"a\" && false", F},
             Case{"true && resource.instance_id == \"a\"", U},
             Case{"resource.instance_id == \"a\" && true", U},
             Case{"true || resource.instance_id == \"a\"", T},
             Case{"resource.instance_id == \"a\" || true", T},
             Case{"false || resource.instance_id == \"a\"", U},
             Case{"resource.instance_id == \"a\" || false", U},
         }) {
        // clang-format on
        INFO(c.condition);
        CHECK(evaluate(c.condition, input) == c.truth);
    }
}

TEST_CASE("a request without a time knows nothing of it")
{
    ConditionInput input;
    CHECK(evaluate("request.time < timestamp(\"2099-01-01T00:00:00Z\")", input) == U);
    CHECK(evaluate("resource.classification_level == 0", input) == T);
    CHECK(evaluate("\"pii\" in resource.tags", input) == F);
}

TEST_CASE("conditions that are refused, with the place")
{
    struct Bad {
        const char *condition;
        Code code;
        size_t position;
        const char *slice;
    };
    // clang-format off: a table
    for (const Bad &bad : {
             Bad{"", Code::Syntax, 0, ""},
             Bad{"   ", Code::Syntax, 3, ""},
             Bad{"resource.column_name", Code::Type, 0, "resource.column_name"},
             Bad{"null", Code::Type, 0, "null"},
             Bad{"1", Code::Type, 0, "1"},
             Bad{"\"a\"", Code::Type, 0, "\"a\""},
             Bad{"resource.tags", Code::Type, 0, "resource.tags"},
             Bad{"resource.colum_name == \"ssn\"", Code::Unknown, 0, "resource.colum_name"},
             Bad{"resource.time > timestamp(\"2026-01-01\")", Code::Unknown, 0, "resource.time"},
             Bad{"request.column_name == \"a\"", Code::Unknown, 0, "request.column_name"},
             Bad{"column_name == \"ssn\"", Code::Unknown, 0, "column_name"},
             Bad{"resource == \"ssn\"", Code::Syntax, 9, "=="},
             Bad{"resource. == 1", Code::Syntax, 10, "=="},
             Bad{"resource.column_name = \"ssn\"", Code::Syntax, 21, "="},
             Bad{"resource.column_name == ssn", Code::Unknown, 24, "ssn"},
             Bad{"resource.column_name == 3", Code::Type, 24, "3"},
             Bad{"resource.classification_level >= \"3\"", Code::Type, 33, "\"3\""},
             Bad{"resource.classification_level >= 2.5", Code::Syntax, 33, "2.5"},
             Bad{"resource.classification_level >= 99999999999999999999", Code::Value, 33, "99999999999999999999"},
             Bad{"resource.classification_level < null", Code::Type, 32, "null"},
             Bad{"true < false", Code::Type, 0, "true"},
             Bad{"resource.tags == resource.tags", Code::Type, 0, "resource.tags"},
             Bad{"\"a\" in \"abc\"", Code::Type, 7, "\"abc\""},
             Bad{"1 in resource.tags", Code::Type, 0, "1"},
             Bad{"resource.column_name in [1]", Code::Type, 0, "resource.column_name"},
             Bad{"resource.column_name in [\"a\", 1]", Code::Type, 30, "1"},
             Bad{"resource.column_name in [\"a\" \"b\"]", Code::Syntax, 29, "\"b\""},
             Bad{"resource.column_name in [\"a\",]", Code::Syntax, 29, "]"},
             Bad{"resource.column_name in [resource.table_name]", Code::Syntax, 25, "resource"},
             Bad{"resource.column_name.matches(\"(\")", Code::Value, 29, "\"(\""},
             Bad{"resource.column_name.matches(r\"(a)\\1\")", Code::Value, 29, "r\"(a)\\1\""},
             Bad{"resource.column_name.matches(\"\\d\")", Code::Syntax, 30, "\\d"},
             Bad{"resource.column_name.matches(resource.table_name)", Code::Syntax, 29, "resource"},
             Bad{"resource.column_name.size()", Code::Unknown, 21, "size"},
             Bad{"resource.tags.contains(\"a\")", Code::Type, 0, "resource.tags"},
             Bad{"resource.column_name.startsWith()", Code::Syntax, 32, ")"},
             Bad{"resource.column_name == \"ssn", Code::Syntax, 24, "\"ssn"},
             Bad{"(true", Code::Syntax, 5, ""},
             Bad{"true)", Code::Syntax, 4, ")"},
             Bad{"true true", Code::Syntax, 5, "true"},
             Bad{"true & true", Code::Syntax, 5, "&"},
             Bad{"true and true", Code::Syntax, 5, "and"},
             Bad{"!1", Code::Type, 1, "1"},
             Bad{"true && 1", Code::Type, 8, "1"},
             Bad{"1 || true", Code::Type, 0, "1"},
             Bad{"1 == 1 == 1", Code::Syntax, 7, "=="},
             Bad{"1 + 1 == 2", Code::Syntax, 2, "+"},
             Bad{"true ? true : false", Code::Syntax, 5, "?"},
             Bad{"request.time > timestamp(\"tomorrow\")", Code::Value, 25, "\"tomorrow\""},
             Bad{"request.time > timestamp(\"2026-02-30\")", Code::Value, 25, "\"2026-02-30\""},
             Bad{"request.time > timestamp(\"2026-01-01T24:00:00Z\")", Code::Value, 25, "\"2026-01-01T24:00:00Z\""},
             Bad{"request.time > timestamp(\"2026-01-01T00:00:00\")", Code::Value, 25, "\"2026-01-01T00:00:00\""},
             Bad{"request.time == 5", Code::Type, 16, "5"},
             Bad{"true; true", Code::Syntax, 4, ";"},
             Bad{"true \xc3\xa9", Code::Syntax, 5, "\xc3\xa9"},
         }) {
        // clang-format on
        INFO(bad.condition);
        Compiled compiled(bad.condition, ConditionScope::Exemption);
        INFO(compiled.status.message);
        CHECK(compiled.status.code == bad.code);
        CHECK(compiled.status.position == bad.position);
        CHECK(std::string(bad.condition).substr(compiled.status.position, compiled.status.length) == bad.slice);
        CHECK(compiled.condition == nullptr);
    }
}

TEST_CASE("a condition has one canonical text")
{
    struct Canonical {
        const char *condition;
        const char *canonical; // nullptr: it is
    };
    for (const Canonical &c : {
             Canonical{"resource.column_name == \"ssn\"", nullptr},
             Canonical{"resource.classification_level >= 3", nullptr},
             Canonical{"resource.environment_id == \"prod\" || (resource.environment_id == \"staging\" && "
                       "resource.classification_level >= 3)",
                       "resource.environment_id == \"prod\" || resource.environment_id == \"staging\" && "
                       "resource.classification_level >= 3"},
             Canonical{" resource . column_name=='ssn' ", "resource.column_name == \"ssn\""},
             Canonical{"(((true)))", "true"},
             Canonical{"true||(false||true)", "true || false || true"},
             Canonical{"(true||false)&&true", "(true || false) && true"},
             Canonical{"!(true && false)", nullptr},
             Canonical{"!!true", nullptr},
             Canonical{"null == resource.tags", "resource.tags == null"},
             Canonical{"resource.tags != null", nullptr},
             Canonical{"'a' in resource.tags", "\"a\" in resource.tags"},
             Canonical{"resource.schema_name in ['a','b\\'\\\\']", "resource.schema_name in [\"a\", \"b'\\\\\"]"},
             Canonical{"resource.classification_level in [-1,2]", "resource.classification_level in [-1, 2]"},
             Canonical{"resource.schema_name in []", nullptr},
             Canonical{"resource.column_name.matches(r'^s+\\d$')", "resource.column_name.matches(r\"^s+\\d$\")"},
             Canonical{"resource.column_name.matches('a\\\\.\"b')", "resource.column_name.matches(\"a\\\\.\\\"b\")"},
             Canonical{"resource.column_name.startsWith('\\n')", "resource.column_name.startsWith(\"\\n\")"},
             Canonical{"(resource.classification_level == 3) == true", nullptr},
             Canonical{"(true == false) == null", nullptr},
             Canonical{"!resource.column_name.contains(\"a\")", nullptr},
             Canonical{"(!true) == false", "!true == false"},
             Canonical{"request.time < timestamp('2026-12-31')", "request.time < timestamp(\"2026-12-31T00:00:00Z\")"},
             Canonical{"request.time < timestamp('2026-12-31T01:00:00.50+02:00')",
                       "request.time < timestamp(\"2026-12-30T23:00:00.500000Z\")"},
             Canonical{"request.time < timestamp('0001-01-01T00:00:00Z')",
                       "request.time < timestamp(\"0001-01-01T00:00:00Z\")"},
         }) {
        INFO(c.condition);
        Compiled compiled(c.condition, ConditionScope::Exemption);
        REQUIRE(compiled.status);
        std::string printed, again;
        REQUIRE(print_condition(compiled.condition, printed));
        CHECK(printed == (c.canonical ? c.canonical : c.condition));
        Compiled second(printed, ConditionScope::Exemption);
        REQUIRE(second.status);
        REQUIRE(print_condition(second.condition, again));
        CHECK(again == printed);
    }
}

TEST_CASE("a condition knows when its answer may change")
{
    Compiled c(
        "request.time < timestamp(\"1970-01-01T00:00:01Z\") || request.time > timestamp(\"1970-01-01T00:00:05Z\")",
        ConditionScope::Exemption);
    REQUIRE(c.status);
    int64_t next = 0;
    REQUIRE(condition_next_time(c.condition, 0, &next));
    CHECK(next == 1000000);
    REQUIRE(condition_next_time(c.condition, 1000000, &next));
    CHECK(next == 1000001);
    REQUIRE(condition_next_time(c.condition, 1000001, &next));
    CHECK(next == 5000000);
    CHECK_FALSE(condition_next_time(c.condition, 5000001, &next));
}

TEST_CASE("a rule knows no request")
{
    Compiled rule("request.time > timestamp(\"2026-01-01\")");
    CHECK(rule.status.code == Code::Unsupported);
    CHECK(rule.status.position == 0);
    Compiled exemption("request.application_name == \"psql\"", ConditionScope::Exemption);
    REQUIRE(exemption.status);
    CHECK(condition_needs_request(exemption.condition));
    Compiled plain("resource.column_name == \"a\"", ConditionScope::Exemption);
    REQUIRE(plain.status);
    CHECK_FALSE(condition_needs_request(plain.condition));
}

TEST_CASE("hostile conditions end in an answer")
{
    auto repeat = [](std::string_view what, size_t times) {
        std::string text;
        while (times-- > 0)
            text += what;
        return text;
    };
    CHECK(Compiled(std::string(condition_max_size + 1, ' ')).status.code == Code::Value);
    CHECK(Compiled(repeat("(", 10000)).status.code == Code::Unsupported);
    CHECK(Compiled(repeat("!", 10000) + "true").status.code == Code::Unsupported);
    CHECK(Compiled("true" + repeat("||true", 2600)).status.code == Code::Unsupported);
    CHECK(Compiled("resource.column_name.matches(\"" + repeat("(a*)*", 100) + "\")").status);
    CHECK_FALSE(Compiled("resource.column_name.matches(\"((((((((((x{100}){100}){100}){100}))))))))\")").status);

    ConditionInput input;
    std::string name(60000, 'a');
    input.column_name = {name.data(), name.size()};
    Compiled slow_elsewhere("resource.column_name.matches(\"^(a+)+$b\")");
    REQUIRE(slow_elsewhere.status);
    CHECK(evaluate_condition(slow_elsewhere.condition, input) == F);
    Compiled wide("false" + repeat("||false", 900));
    REQUIRE(wide.status);
    CHECK(evaluate_condition(wide.condition, input) == F);
}
