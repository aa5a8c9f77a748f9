// Labels that are not in the grammar: each is refused with the place of the mistake and a message that says it.
#include <catch2/catch.hpp>

#include "core/label.h"

#include <string>

using namespace ddm::core;

namespace
{

struct Bad {
    const char *label;
    size_t position;
    const char *slice;   // what the status points at
    const char *message; // part of it
};

const Bad bad_labels[] = {
    {"", 0, "", "expected MASKED WITH or NOT MASKED"},
    {"   ", 3, "", "expected MASKED WITH or NOT MASKED"},
    {"email()", 0, "email", "expected MASKED WITH or NOT MASKED"},
    {"MASKED", 6, "", "expected WITH"},
    {"\"masked\" WITH VALUE 1", 0, "\"masked\"", "expected MASKED WITH"},
    {"MASKED FUNCTION email()", 7, "FUNCTION", "expected WITH"},
    {"MASKED WITH", 11, "", "expected a mask"},
    {"MASKED WITH email()", 12, "email", "expected a mask"},
    {"MASKED WITH FUNCTION", 20, "", "expected the name of a mask"},
    {"MASKED WITH FUNCTION email", 26, "", "expected \"(\""},
    {"MASKED WITH FUNCTION email(", 27, "", "expected an argument"},
    {"MASKED WITH FUNCTION email() x", 29, "x", "expected FOR, WHEN, SEARCHABLE or the end"},
    {"MASKED WITH FUNCTION email();", 28, ";", "expected FOR"},
    {"MASKED WITH FUNCTION email() AND VALUE 1", 29, "AND", "expected FOR"},
    {"MASKED WITH FUNCTION 'email'()", 21, "'email'", "expected the name of a mask"},
    {"MASKED WITH FUNCTION a.b.c()", 24, ".", "expected \"(\""},
    {"MASKED WITH FUNCTION a.()", 23, "(", "expected the name of a mask"},
    {"MASKED WITH FUNCTION with()", 21, "with", "expected the name of a mask"},
    {"MASKED WITH FUNCTION partial(1,,2)", 31, ",", "expected an argument"},
    {"MASKED WITH FUNCTION partial(,1)", 29, ",", "expected an argument"},
    {"MASKED WITH FUNCTION partial(1 2)", 31, "2", "expected \",\" or \")\""},
    {"MASKED WITH FUNCTION partial(1,)", 31, ")", "expected an argument"},
    {"MASKED WITH FUNCTION partial(x, 1)", 29, "x", "expected an argument"},
    {"MASKED WITH FUNCTION partial(\"x\", 1)", 29, "\"x\"", "expected an argument"},
    {"MASKED WITH FUNCTION f(1 + 1)", 25, "+", "expected \",\" or \")\""},
    {"MASKED WITH FUNCTION f('abc)", 23, "'abc)", "unterminated string"},
    {"MASKED WITH FUNCTION f(E'\\x41')", 25, "\\x", "unknown escape"},
    {"MASKED WITH FUNCTION f(E'\\", 25, "\\", "unknown escape"},
    {"MASKED WITH FUNCTION f($a$x$b$)", 23, "$a$x$b$)", "unterminated dollar-quoted"},
    {"MASKED WITH FUNCTION f($1)", 23, "$", "expected an argument"},
    {"MASKED WITH FUNCTION f(1a)", 23, "1a", "malformed number"},
    {"MASKED WITH FUNCTION f(1e)", 23, "1e", "malformed number"},
    {"MASKED WITH FUNCTION f(-.)", 23, "-.", "malformed number"},
    {"MASKED WITH FUNCTION f(- 1)", 23, "-", "expected an argument"},
    {"MASKED WITH FUNCTION f(key => )", 30, ")", "expected the name of a mask"},
    {"MASKED WITH FUNCTION f(key = 'k')", 23, "key", "expected an argument"},
    {"MASKED WITH FUNCTION f(key => 1, 2)", 33, "2", "without a name follows a named one"},
    {"MASKED WITH FUNCTION f(key => 1, KEY => 2)", 40, "2", "named twice"},
    {"MASKED WITH FUNCTION each(email)", 26, "email", "expected an argument"},
    {"MASKED WITH FUNCTION f(\"\")", 23, "\"\"", "quoted name is empty"},
    {"MASKED WITH FUNCTION \"f", 21, "\"f", "unterminated quoted name"},
    {"MASKED WITH (FUNCTION 'email()')", 22, "'email()'", "expected \"=\""},
    {"MASKED WITH (FUNCTION = email())", 24, "email", "expected a mask in single quotes"},
    {"MASKED WITH (FUNCTION = 'email()'", 33, "", "expected \")\""},
    {"MASKED WITH (VALUE = 'x')", 13, "VALUE", "expected FUNCTION"},
    {"MASKED WITH (FUNCTION = 'email() x')", 33, "x", "expected the end of the mask"},
    {"MASKED WITH (FUNCTION = 'email(')", 31, "", "expected an argument"},
    {"MASKED WITH (FUNCTION = '')", 25, "", "expected the name of a mask"},
    {"MASKED WITH (FUNCTION = 'full(\"it''s\", ?)')", 39, "?", "expected an argument"},
    {"MASKED WITH (FUNCTION = 'f(\"x)')", 27, "\"x)", "unterminated string"},
    {"MASKED WITH VALUE", 17, "", "expected a value"},
    {"MASKED WITH VALUE x", 18, "x", "expected a value"},
    {"MASKED WITH VALUE current_user", 18, "current_user", "expected a value"},
    {"MASKED WITH VALUE f()", 18, "f", "expected a value"},
    {"MASKED WITH VALUE 'x", 18, "'x", "unterminated string"},
    {"MASKED WITH VALUE 'x'::", 23, "", "expected the name of a type"},
    {"MASKED WITH VALUE 1::numeric(10", 31, "", "expected \")\""},
    {"MASKED WITH VALUE 1::numeric(a)", 29, "a", "expected a number"},
    {"MASKED WITH VALUE 1::int[3]", 25, "3", "expected \"]\""},
    {"MASKED WITH VALUE 1 2", 20, "2", "expected FOR"},
    {"MASKED WITH POLICY", 18, "", "expected the name of a policy"},
    {"MASKED WITH POLICY 'contact'", 19, "'contact'", "expected the name of a policy"},
    {"MASKED WITH POLICY for", 19, "for", "expected the name of a policy"},
    {"MASKED WITH POLICY a.b", 20, ".", "expected FOR"},
    {"NOT", 3, "", "expected MASKED"},
    {"NOT MASKED WITH VALUE 1", 11, "WITH", "expected the end"},
    {"NOT MASKED SEARCHABLE", 11, "SEARCHABLE", "expected the end"},
    {"MASKED WITH VALUE 1 FOR", 23, "", "expected the name of a role"},
    {"MASKED WITH VALUE 1 FOR a", 25, "", "expected WITH and a mask"},
    {"MASKED WITH VALUE 1 FOR a,", 26, "", "expected the name of a role"},
    {"MASKED WITH VALUE 1 FOR a b WITH VALUE 2", 26, "b", "expected WITH and a mask"},
    {"MASKED WITH VALUE 1 FOR a WITH", 30, "", "expected a mask"},
    {"MASKED WITH VALUE 1 FOR a WITH NOT MASKED", 31, "NOT", "expected a mask"},
    {"MASKED WITH VALUE 1 FOR public WITH VALUE 2", 24, "public", "expected the name of a role"},
    {"MASKED WITH VALUE 1 FOR a, public WITH VALUE 2", 27, "public", "expected the name of a role"},
    {"MASKED WITH VALUE 1 SEARCHABLE FOR public", 35, "public", "expected the name of a role"},
    {"MASKED WITH VALUE 1 FOR WITH VALUE 2", 24, "WITH", "expected the name of a role"},
    {"MASKED WITH VALUE 1 FOR 'a' WITH VALUE 2", 24, "'a'", "expected the name of a role"},
    {"MASKED WITH VALUE 1 WHEN", 24, "", "expected \"(\" after WHEN"},
    {"MASKED WITH VALUE 1 WHEN a = 1", 25, "a", "expected \"(\" after WHEN"},
    {"MASKED WITH VALUE 1 WHEN ()", 25, "()", "condition is empty"},
    {"MASKED WITH VALUE 1 WHEN (  )", 25, "(  )", "condition is empty"},
    {"MASKED WITH VALUE 1 WHEN (a = 1", 25, "(", "not closed"},
    {"MASKED WITH VALUE 1 WHEN ((a = 1)", 25, "(", "not closed"},
    {"MASKED WITH VALUE 1 WHEN (a = ')", 30, "')", "unterminated string in a condition"},
    {"MASKED WITH VALUE 1 WHEN (\"a = 1)", 26, "\"a = 1)", "unterminated quoted name in a condition"},
    {"MASKED WITH VALUE 1 WHEN (a = $$x)", 30, "$$x)", "unterminated dollar-quoted"},
    {"MASKED WITH VALUE 1 WHEN (a -- b\n)", 28, "--", "may hold no comment"},
    {"MASKED WITH VALUE 1 WHEN (a /* b */)", 28, "/*", "may hold no comment"},
    {"MASKED WITH VALUE 1 WHEN (a; DROP TABLE b)", 27, ";", "may hold no semicolon"},
    {"MASKED WITH VALUE 1 WHEN (a) WHEN (b)", 29, "WHEN", "a second WHEN"},
    {"MASKED WITH VALUE 1 WHEN (a))", 28, ")", "expected FOR"},
    {"MASKED WITH VALUE 1 SEARCHABLE SEARCHABLE", 31, "SEARCHABLE", "a second SEARCHABLE"},
    {"MASKED WITH VALUE 1 SEARCHABLE FOR a WITH VALUE 2", 37, "WITH", "expected FOR, LIMIT or the end"},
    {"MASKED WITH VALUE 1 SEARCHABLE FOR", 34, "", "expected the name of a role"},
    {"MASKED WITH VALUE 1 SEARCHABLE LIMIT", 36, "", "expected a whole number"},
    {"MASKED WITH VALUE 1 SEARCHABLE LIMIT 0 PER DAY", 37, "0", "expected a whole number"},
    {"MASKED WITH VALUE 1 SEARCHABLE LIMIT -1 PER DAY", 37, "-1", "expected a whole number"},
    {"MASKED WITH VALUE 1 SEARCHABLE LIMIT 1.5 PER DAY", 37, "1.5", "expected a whole number"},
    {"MASKED WITH VALUE 1 SEARCHABLE LIMIT 99999999999 PER DAY", 37, "99999999999", "expected a whole number"},
    {"MASKED WITH VALUE 1 SEARCHABLE LIMIT 5", 38, "", "expected PER"},
    {"MASKED WITH VALUE 1 SEARCHABLE LIMIT 5 PER", 42, "", "expected MINUTE, HOUR or DAY"},
    {"MASKED WITH VALUE 1 SEARCHABLE LIMIT 5 PER WEEK", 43, "WEEK", "expected MINUTE, HOUR or DAY"},
    {"MASKED WITH VALUE 1 SEARCHABLE WHEN (a)", 31, "WHEN", "expected FOR, LIMIT or the end"},
    {"SEARCHABLE", 0, "SEARCHABLE", "expected MASKED"},
    {"MASKED WITH VALUE 1 MASKED WITH VALUE 2", 20, "MASKED", "expected FOR"},
    {"MASKED WITH POLICY aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff1234", 19,
     "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff1234", "longer than 63 bytes"},
};

} // namespace

TEST_CASE("bad labels are refused, with the place")
{
    for (const Bad &bad : bad_labels) {
        std::string text = bad.label;
        INFO(text);
        Label label;
        Status status = parse_label(text, label);
        CHECK_FALSE(status);
        INFO(status.message);
        CHECK(status.position == bad.position);
        REQUIRE(status.position + status.length <= text.size());
        CHECK(text.substr(status.position, status.length) == bad.slice);
        CHECK(std::string(status.message).find(bad.message) != std::string::npos);
    }
}

TEST_CASE("a label that failed leaves the result alone")
{
    Label label;
    REQUIRE(parse_label("MASKED WITH VALUE 1", label));
    Label before = label;
    CHECK_FALSE(parse_label("MASKED WITH VALUE 2 x", label));
    CHECK(label == before);
}

TEST_CASE("hostile sizes end in an error")
{
    Label label;
    auto repeat = [](std::string_view what, size_t times) {
        std::string text;
        while (times-- > 0)
            text += what;
        return text;
    };
    CHECK(parse_label(std::string(label_max_size + 1, ' '), label).code == Code::Value);
    CHECK(parse_label("MASKED WITH FUNCTION " + repeat("each(", 10000), label).code == Code::Unsupported);
    CHECK(parse_label("MASKED WITH FUNCTION " + repeat("f(k=>", 10000), label).code == Code::Unsupported);
    CHECK(parse_label("MASKED WITH FUNCTION f(" + repeat("1,", 10000) + "1)", label).code == Code::Syntax);
    CHECK(parse_label("MASKED WITH VALUE 1" + repeat(" FOR a WITH VALUE 1", 101), label).code == Code::Syntax);
    CHECK(parse_label("MASKED WITH VALUE 1 FOR a" + repeat(",a", 1000) + " WITH VALUE 1", label).code == Code::Syntax);
    CHECK(parse_label("MASKED WITH VALUE 1 WHEN " + repeat("(", 60000), label).code == Code::Syntax);
    CHECK(parse_label("MASKED WITH VALUE 1 WHEN (" + repeat("(", 30000) + "a" + repeat(")", 30001), label));
    CHECK(parse_label(std::string("MASKED WITH VALUE 'a\0b'", 23), label).position == 20);
    CHECK(parse_label(std::string("NOT MASKED\0", 11), label).position == 10);
}
