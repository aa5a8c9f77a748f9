// Labels that are in the grammar: each with its canonical text, which parses to the same label.
#include <catch2/catch.hpp>

#include "core/label.h"

#include <string>

using namespace ddm::core;

namespace
{

struct Good {
    const char *label;
    const char *canonical; // nullptr: the label is canonical
};

const Good good_labels[] = {
    // the contract's own
    {"MASKED WITH FUNCTION email()", nullptr},
    {"MASKED WITH FUNCTION partial(0, 'XXX-XX-', 4)", nullptr},
    {"MASKED WITH (FUNCTION = 'partial(0,\"XXX-XX-\",4)')", "MASKED WITH FUNCTION partial(0, 'XXX-XX-', 4)"},
    {"MASKED WITH VALUE NULL", nullptr},
    {"MASKED WITH POLICY contact", nullptr},
    {"MASKED WITH FUNCTION email() FOR analyst WITH FUNCTION hash() FOR bot, intern WITH VALUE NULL WHEN (region <> "
     "'EU')",
     nullptr},
    {"MASKED WITH FUNCTION email() SEARCHABLE FOR support", nullptr},
    {"NOT MASKED", nullptr},
    // keywords in any case, blanks anywhere, names fold
    {"masked with function EMAIL()", "MASKED WITH FUNCTION email()"},
    {"Masked With Value null", "MASKED WITH VALUE NULL"},
    {"  NOT\n\tmasked  ", "NOT MASKED"},
    {"MASKED WITH FUNCTION email ( )", "MASKED WITH FUNCTION email()"},
    {"MASKED\tWITH\nFUNCTION\remail()\f\v", "MASKED WITH FUNCTION email()"},
    {"MASKED WITH POLICY Contact", "MASKED WITH POLICY contact"},
    {"MASKED WITH POLICY \"Contact\"", nullptr},
    {"MASKED WITH POLICY \"contact\"", "MASKED WITH POLICY contact"},
    {"MASKED WITH POLICY \"a \"\"b\"\"\"", nullptr},
    {"MASKED WITH POLICY \"for\"", nullptr},
    {"MASKED WITH POLICY caf\xc3\xa9", nullptr},
    {"MASKED WITH POLICY a$1_b", nullptr},
    // functions and arguments
    {"MASKED WITH FUNCTION public.f()", nullptr},
    {"MASKED WITH FUNCTION \"public\".f()", "MASKED WITH FUNCTION public.f()"},
    {"MASKED WITH POLICY public", nullptr},
    {"MASKED WITH FUNCTION myschema.f()", nullptr},
    {"MASKED WITH FUNCTION \"My\".\"F\"(1)", nullptr},
    {"MASKED WITH FUNCTION My . F (1)", "MASKED WITH FUNCTION my.f(1)"},
    {"MASKED WITH FUNCTION default()", nullptr},
    {"MASKED WITH FUNCTION full('a')", nullptr},
    {"MASKED WITH FUNCTION full('')", nullptr},
    {"MASKED WITH FUNCTION full('it''s')", nullptr},
    {"MASKED WITH FUNCTION full(E'a\\nb')", "MASKED WITH FUNCTION full('a\nb')"},
    {"MASKED WITH FUNCTION full(e'\\'\\\\\\t\\r\\b\\f')", "MASKED WITH FUNCTION full('''\\\t\r\b\f')"},
    {"MASKED WITH FUNCTION full('a\\nb')", nullptr},
    {"MASKED WITH FUNCTION full($$a'b$$)", "MASKED WITH FUNCTION full('a''b')"},
    {"MASKED WITH FUNCTION full($x$a$$b$x$)", "MASKED WITH FUNCTION full('a$$b')"},
    {"MASKED WITH FUNCTION full($$$$)", "MASKED WITH FUNCTION full('')"},
    {"MASKED WITH FUNCTION full('\xc3\xa9\xe2\x82\xac')", nullptr},
    {"MASKED WITH FUNCTION full(NULL)", nullptr},
    {"MASKED WITH FUNCTION full(true)", nullptr},
    {"MASKED WITH FUNCTION full(FALSE)", "MASKED WITH FUNCTION full(false)"},
    {"MASKED WITH FUNCTION random(1, 100)", nullptr},
    {"MASKED WITH FUNCTION random(-5,+5)", "MASKED WITH FUNCTION random(-5, 5)"},
    {"MASKED WITH FUNCTION noise(0.1)", nullptr},
    {"MASKED WITH FUNCTION noise(.1)", nullptr},
    {"MASKED WITH FUNCTION noise(-.1)", nullptr},
    {"MASKED WITH FUNCTION noise(1.)", nullptr},
    {"MASKED WITH FUNCTION noise(1e-3)", nullptr},
    {"MASKED WITH FUNCTION noise(1E+3)", nullptr},
    {"MASKED WITH FUNCTION bucket(123456789012345678901234567890)", nullptr},
    {"MASKED WITH FUNCTION hash(key => 'k2')", nullptr},
    {"MASKED WITH FUNCTION hash( KEY=>'k2' )", "MASKED WITH FUNCTION hash(key => 'k2')"},
    {"MASKED WITH FUNCTION fpe('digits', key => 'k2', tweak => 'column')", nullptr},
    {"MASKED WITH FUNCTION f(\"Key\" => 1, \"limit\" => 2)", nullptr},
    {"MASKED WITH FUNCTION each(email())", nullptr},
    {"MASKED WITH FUNCTION each(mask => email())", nullptr},
    {"MASKED WITH FUNCTION each(my.f(1))", nullptr},
    {"MASKED WITH FUNCTION json('$.ssn', ssn(), '$.mail', email())", nullptr},
    {"MASKED WITH FUNCTION json('$.a', each(partial(1, '*', 1)))", nullptr},
    {"MASKED WITH FUNCTION each(each(each(each(each(each(email()))))))", nullptr},
    {"MASKED WITH FUNCTION regexp('[0-9]', 'x', 'g')", nullptr},
    {"MASKED WITH FUNCTION regexp('\\d+', '\\1')", nullptr},
    // SQL Server's spelling
    {"MASKED WITH (FUNCTION = 'default()')", "MASKED WITH FUNCTION default()"},
    {"MASKED WITH (FUNCTION='email()')", "MASKED WITH FUNCTION email()"},
    {"masked with ( function = 'random(1, 12)' )", "MASKED WITH FUNCTION random(1, 12)"},
    {"MASKED WITH (FUNCTION = 'full(\"it''s\")')", "MASKED WITH FUNCTION full('it''s')"},
    {"MASKED WITH (FUNCTION = 'full(\"a\"\"b\")')", "MASKED WITH FUNCTION full('a\"b')"},
    {"MASKED WITH (FUNCTION = 'full(''a'')')", "MASKED WITH FUNCTION full('a')"},
    {"MASKED WITH (FUNCTION = 'datetime(\"Y\")')", "MASKED WITH FUNCTION datetime('Y')"},
    {"MASKED WITH (FUNCTION = 'email()') FOR a WITH (FUNCTION = 'default()')",
     "MASKED WITH FUNCTION email() FOR a WITH FUNCTION default()"},
    {"MASKED WITH (FUNCTION = $$partial(1,\"x\",1)$$)", "MASKED WITH FUNCTION partial(1, 'x', 1)"},
    // values
    {"MASKED WITH VALUE TRUE", "MASKED WITH VALUE true"},
    {"MASKED WITH VALUE false", nullptr},
    {"MASKED WITH VALUE 0", nullptr},
    {"MASKED WITH VALUE -1.5e3", nullptr},
    {"MASKED WITH VALUE 'CONFIDENTIAL'", nullptr},
    {"MASKED WITH VALUE ''", nullptr},
    {"MASKED WITH VALUE E'a\\tb'", "MASKED WITH VALUE 'a\tb'"},
    {"MASKED WITH VALUE DATE '2000-01-01'", "MASKED WITH VALUE '2000-01-01'::date"},
    {"MASKED WITH VALUE '2000-01-01'::date", nullptr},
    {"MASKED WITH VALUE 1::numeric(10, 2)", "MASKED WITH VALUE 1::numeric(10,2)"},
    {"MASKED WITH VALUE '{}'::text[][]", nullptr},
    {"MASKED WITH VALUE NULL::pg_catalog.text", nullptr},
    {"MASKED WITH VALUE 'x'::\"My Type\"", nullptr},
    // branches
    {"MASKED WITH FUNCTION email() FOR analyst WITH FUNCTION hash()", nullptr},
    {"MASKED WITH FUNCTION email() FOR \"Data Analyst\" WITH POLICY p", nullptr},
    {"MASKED WITH FUNCTION email() FOR a,b , c WITH VALUE 'x'",
     "MASKED WITH FUNCTION email() FOR a, b, c WITH VALUE 'x'"},
    {"MASKED WITH VALUE NULL FOR a WITH FUNCTION identity() FOR b WITH VALUE 1 FOR c WITH POLICY d", nullptr},
    {"MASKED WITH VALUE NULL FOR a WITH VALUE 1 FOR a WITH VALUE 2", nullptr},
    {"MASKED WITH POLICY p FOR \"public\" WITH VALUE NULL", nullptr},
    {"MASKED WITH VALUE NULL FOR \"when\" WITH VALUE 1", nullptr},
    // conditions
    {"MASKED WITH FUNCTION email() WHEN (a)", nullptr},
    {"masked with function email() when( a = 1 )", "MASKED WITH FUNCTION email() WHEN (a = 1)"},
    {"MASKED WITH FUNCTION email() WHEN ((a) AND (b OR (c)))", nullptr},
    {"MASKED WITH FUNCTION email() WHEN (region <> ')')", nullptr},
    {"MASKED WITH FUNCTION email() WHEN (region <> ''')''')", nullptr},
    {"MASKED WITH FUNCTION email() WHEN (\"odd)\"\"name\" = 1)", nullptr},
    {"MASKED WITH FUNCTION email() WHEN (x = E'\\')')", nullptr},
    {"MASKED WITH FUNCTION email() WHEN (like'\\')", nullptr},
    {"MASKED WITH FUNCTION email() WHEN (x = $$)$$)", nullptr},
    {"MASKED WITH FUNCTION email() WHEN (x = $a$)$$($a$)", nullptr},
    {"MASKED WITH FUNCTION email() WHEN (a$b$c > 1)", nullptr},
    {"MASKED WITH FUNCTION email() WHEN (a - -1 > b / 2)", nullptr},
    {"MASKED WITH FUNCTION email() WHEN (x = ANY (ARRAY['(', ')']))", nullptr},
    {"MASKED WITH FUNCTION email() WHEN (pg_catalog.lower(x) = 'eu')", nullptr},
    {"MASKED WITH FUNCTION email() WHEN (a) FOR b WITH VALUE NULL WHEN (c) FOR d WITH VALUE 1", nullptr},
    {"MASKED WITH (FUNCTION = 'email()') WHEN (a)", "MASKED WITH FUNCTION email() WHEN (a)"},
    {"MASKED WITH VALUE 1 WHEN (a\n =\n 2)", nullptr},
    // searchable
    {"MASKED WITH FUNCTION email() SEARCHABLE", nullptr},
    {"MASKED WITH FUNCTION email() searchable for a , \"B\"", "MASKED WITH FUNCTION email() SEARCHABLE FOR a, \"B\""},
    {"MASKED WITH FUNCTION email() SEARCHABLE LIMIT 10 PER MINUTE", nullptr},
    {"MASKED WITH FUNCTION email() SEARCHABLE FOR support LIMIT 5 PER DAY", nullptr},
    {"MASKED WITH FUNCTION email() SEARCHABLE LIMIT 60 PER HOUR", "MASKED WITH FUNCTION email() SEARCHABLE"},
    {"MASKED WITH FUNCTION email() SEARCHABLE limit 1000000000 per day",
     "MASKED WITH FUNCTION email() SEARCHABLE LIMIT 1000000000 PER DAY"},
    {"MASKED WITH VALUE NULL FOR a WITH VALUE 1 WHEN (b) SEARCHABLE FOR c", nullptr},
};

void check_round_trip(const Label &label, const std::string &canonical)
{
    std::string printed, again;
    Label parsed;
    REQUIRE(print_label(label, printed));
    CHECK(printed == canonical);
    REQUIRE(parse_label(printed, parsed));
    REQUIRE(print_label(parsed, again));
    CHECK(again == printed);
}

} // namespace

TEST_CASE("good labels parse, print and parse again")
{
    for (const Good &good : good_labels) {
        INFO(good.label);
        Label label;
        Status status = parse_label(good.label, label);
        INFO(status.message);
        REQUIRE(status);
        check_round_trip(label, good.canonical ? good.canonical : good.label);
    }
}

TEST_CASE("what a label says is found in its tree, with places in bytes")
{
    std::string text = "MASKED WITH FUNCTION hash('\xc3\xa9', key => 'k2') FOR bot, Intern WITH VALUE -5 "
                       "WHEN ( region <> 'EU' ) SEARCHABLE FOR support LIMIT 3 PER DAY";
    Label label;
    REQUIRE(parse_label(text, label));
    auto slice = [&](const auto &piece) { return text.substr(piece.position, piece.length); };

    CHECK(label.masked);
    CHECK(label.base.roles.empty());
    CHECK_FALSE(label.base.when);
    REQUIRE(label.base.mask.kind == Mask::Kind::Function);
    const MaskCall &call = label.base.mask.function;
    CHECK(call.name == "hash");
    CHECK(slice(call) == "hash('\xc3\xa9', key => 'k2')");
    CHECK(slice(label.base.mask) == "FUNCTION hash('\xc3\xa9', key => 'k2')");
    REQUIRE(call.arguments.size() == 2);
    CHECK(call.arguments[0].kind == Argument::Kind::String);
    CHECK(slice(call.arguments[0]) == "'\xc3\xa9'");
    CHECK(call.arguments[1].name == "key");
    CHECK(slice(call.arguments[1]) == "'k2'");

    REQUIRE(label.branches.size() == 1);
    const Branch &branch = label.branches[0];
    REQUIRE(branch.roles.size() == 2);
    CHECK(branch.roles[1].text == "intern");
    CHECK(slice(branch.roles[1]) == "Intern");
    CHECK(branch.mask.kind == Mask::Kind::Value);
    CHECK(branch.mask.value.kind == Literal::Kind::Number);
    CHECK(slice(branch.mask.value) == "-5");
    REQUIRE(branch.when);
    CHECK(branch.when->text == "region <> 'EU'");
    CHECK(slice(*branch.when) == branch.when->text);
    CHECK(slice(branch) == "FOR bot, Intern WITH VALUE -5 WHEN ( region <> 'EU' )");

    REQUIRE(label.searchable);
    CHECK(label.searchable->limit == 3);
    CHECK(label.searchable->period == Period::Day);
    CHECK(slice(*label.searchable) == "SEARCHABLE FOR support LIMIT 3 PER DAY");
}

TEST_CASE("places inside SQL Server's string are places in the label")
{
    std::string text = "MASKED WITH (FUNCTION = 'f(\"it''s\", 42)')";
    Label label;
    REQUIRE(parse_label(text, label));
    const MaskCall &call = label.base.mask.function;
    CHECK(text.substr(call.position, call.length) == "f(\"it''s\", 42)");
    REQUIRE(call.arguments.size() == 2);
    CHECK(call.arguments[0].text == "it's");
    CHECK(text.substr(call.arguments[1].position, call.arguments[1].length) == "42");
}

TEST_CASE("a policy's mask may leave MASKED WITH out")
{
    Label label;
    std::string printed;
    for (const char *text : {"FUNCTION email()", "MASKED WITH FUNCTION email()", "masked with (function = 'email()')",
                             "(FUNCTION = 'email()')"}) {
        INFO(text);
        REQUIRE(parse_policy_mask(text, false, label));
        REQUIRE(print_label(label, printed));
        CHECK(printed == "MASKED WITH FUNCTION email()");
    }
    CHECK(parse_policy_mask("VALUE NULL FOR a WITH VALUE 1 WHEN (b) SEARCHABLE", false, label));
    CHECK(parse_policy_mask("POLICY contact", true, label));
    CHECK(parse_policy_mask("POLICY contact", false, label).code == Code::Unsupported);
    CHECK(parse_policy_mask("VALUE 1 FOR a WITH POLICY b", false, label).position == 19);
    CHECK(parse_policy_mask("NOT MASKED", true, label).code == Code::Unsupported);
    REQUIRE(parse_policy_mask("email() FOR a WITH partial(1, 'x', 1)", true, label));
    REQUIRE(print_label(label, printed));
    CHECK(printed == "MASKED WITH FUNCTION email() FOR a WITH FUNCTION partial(1, 'x', 1)");
    CHECK(parse_policy_mask("email", true, label).code == Code::Syntax);
    CHECK(parse_policy_mask("MASKED WITH email()", true, label).code == Code::Syntax);
    CHECK(parse_policy_mask("", true, label).code == Code::Syntax);
}

TEST_CASE("a mask call prints by itself")
{
    Label label;
    std::string printed;
    REQUIRE(parse_label("MASKED WITH FUNCTION My.f( 'a' , B=>null)", label));
    REQUIRE(print_mask_call(label.base.mask.function, printed));
    CHECK(printed == "my.f('a', b => NULL)");
    REQUIRE(print_mask(label.base.mask, printed));
    CHECK(printed == "FUNCTION my.f('a', b => NULL)");
}

TEST_CASE("the label of a function")
{
    CHECK(parse_function_label("TRUSTED MASK"));
    CHECK(parse_function_label(" trusted\tmask "));
    CHECK(parse_function_label("TRUSTED").code == Code::Syntax);
    CHECK(parse_function_label("TRUSTED MASK 1").position == 13);
    CHECK(parse_function_label("").code == Code::Syntax);
    CHECK(parse_function_label("\"trusted\" mask").code == Code::Syntax);
}

TEST_CASE("tags")
{
    struct Case {
        const char *text;
        const char *canonical;
    };
    for (const Case &c :
         {Case{"pii", "pii"}, Case{"pii, contact, level=3", "contact, pii, level=3"}, Case{"LEVEL = 0", "level=0"},
          Case{"level=3,Pii,pii", "pii, level=3"}, Case{"\"level\"", "level"},
          Case{"\"GDPR Art. 9\", pci", "\"GDPR Art. 9\", pci"}, Case{"level=Restricted", "level=restricted"}}) {
        INFO(c.text);
        Tags tags;
        std::string printed;
        REQUIRE(parse_tags(c.text, tags));
        REQUIRE(print_tags(tags, printed));
        CHECK(printed == c.canonical);
        REQUIRE(parse_tags(printed, tags));
    }
    for (const char *bad :
         {"", ",", "pii,", "pii contact", "level=", "level=-1", "level=1.5", "level=1001", "level=1,level=2",
          "level=a, level=2", "kind=3", "'pii'", "3", "pii;", "\"", "level=99999999999"}) {
        INFO(bad);
        Tags tags;
        CHECK_FALSE(parse_tags(bad, tags));
    }
}

TEST_CASE("other conditions stand in their places, and where there was none there is none")
{
    Label label, again;
    std::vector<std::string> conditions;
    std::string text;

    REQUIRE(parse_label("MASKED WITH VALUE NULL FOR a WITH VALUE 'a' WHEN ( b = ')' ) FOR c WITH VALUE 'c' SEARCHABLE",
                        label));
    REQUIRE(label_conditions(label, conditions));
    CHECK(conditions == std::vector<std::string>{"", "b = ')'", ""});
    conditions = {"lost", "\"b)\" = ')'", "lost"};
    REQUIRE(replace_conditions(label, conditions));
    REQUIRE(print_label(label, text));
    CHECK(text == "MASKED WITH VALUE NULL FOR a WITH VALUE 'a' WHEN (\"b)\" = ')') FOR c WITH VALUE 'c' SEARCHABLE");
    REQUIRE(parse_label(text, again));
    REQUIRE(label_conditions(again, conditions));
    CHECK(conditions == std::vector<std::string>{"", "\"b)\" = ')'", ""});
    conditions.pop_back();
    CHECK(!replace_conditions(label, conditions));

    REQUIRE(parse_label("MASKED WITH VALUE NULL WHEN (a) FOR b WITH VALUE 'b' WHEN (c) FOR d WITH VALUE 'd'", label));
    REQUIRE(replace_conditions(label, {"", "", ""}));
    REQUIRE(print_label(label, text));
    CHECK(text == "MASKED WITH VALUE NULL FOR b WITH FUNCTION default() FOR d WITH VALUE 'd'");
}
