// The error boundary when memory runs out: whichever allocation of a core function fails, the function answers,
// and what it answers is no mask that shows too much. An exception that got out would end this program, as it would
// end the server.
#include <catch2/catch.hpp>

#include "core/cel.h"
#include "core/keys.h"
#include "core/mask_flat.h"
#include "core/mask_sql.h"
#include "mask_helper.h"

#include <cstdlib>
#include <functional>
#include <new>

using namespace ddm::test;

static thread_local long left = -1; // allocations that still succeed; below zero: all of them

static void *take(size_t size)
{
    if (left == 0)
        throw std::bad_alloc();
    if (left > 0)
        left--;
    if (void *memory = std::malloc(size > 0 ? size : 1))
        return memory;
    throw std::bad_alloc();
}

void *operator new(size_t size) { return take(size); }
void *operator new[](size_t size) { return take(size); }
void *operator new(size_t size, const std::nothrow_t &) noexcept
{
    try {
        return take(size);
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}
void *operator new[](size_t size, const std::nothrow_t &nothrow) noexcept { return operator new(size, nothrow); }
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete[](void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, size_t) noexcept { std::free(memory); }
void operator delete[](void *memory, size_t) noexcept { std::free(memory); }

// Lets the first allocation of `body` fail, then the second, and so on until it gets through. `body` answers whether
// it got what it asked for; what else it answers it has checked.
static long runs_out(const std::function<bool()> &body)
{
    for (long allowed = 0; allowed < 100000; allowed++) {
        left = allowed;
        bool got_through = false;
        try {
            got_through = body();
        } catch (...) {
            left = -1;
            FAIL("an exception got out of core at allocation " << allowed);
        }
        bool unspent = left > 0;
        left = -1;
        if (got_through && (unspent || allowed == 0))
            return allowed;
    }
    FAIL("never got through");
    return 0;
}

static const std::string long_label =
    "MASKED WITH FUNCTION partial(1, 'a padding that is longer than what a string holds in itself', 2) "
    "FOR \"a role with a name that is long enough\", another_role WITH FUNCTION json('$.some.path', email()) "
    "WHEN (region <> 'somewhere far away, in a long text') FOR third WITH POLICY a_policy_of_a_long_name "
    "SEARCHABLE FOR a_role_that_searches_and_has_a_name LIMIT 5 PER DAY";

TEST_CASE("labels, tags and conditions are read and printed until memory runs out, and then it is a status")
{
    CHECK(runs_out([] {
              Label label;
              return static_cast<bool>(parse_label(long_label, label));
          }) > 5);
    Label label;
    REQUIRE(parse_label(long_label, label));
    CHECK(runs_out([&] {
              std::string out;
              return static_cast<bool>(print_label(label, out));
          }) > 0);
    runs_out([&] {
        std::vector<std::string> out;
        return static_cast<bool>(print_branch_masks(label, out));
    });
    runs_out([] {
        Label policy;
        return static_cast<bool>(
            parse_policy_mask("FUNCTION full('a value that is longer than a short string')", true, policy));
    });
    runs_out([] {
        Tags tags;
        std::string out;
        return parse_tags("pii, \"a tag that is longer than a short string\", level=3", tags) && print_tags(tags, out);
    });
    CHECK(
        runs_out([] {
            std::string out;
            NamedMask named[] = {{"a_policy_of_a_long_name", "FUNCTION full('a value that is longer than a string')"}};
            return static_cast<bool>(print_mask_sql(long_label, {"email", "character varying(40)", ""}, named, 1, out));
        }) > 0);
}

TEST_CASE("a condition that runs out of memory masks in a rule and clears nobody in an exemption")
{
    ConditionInput input;
    const OptionalText tags[] = {{"a tag that is longer than a short string", 40}};
    input.column_name = {"a column of a long enough name", 30};
    input.tags = tags;
    input.tag_count = 1;
    // No matches(): RE2 takes its memory as given.
    std::string text =
        "resource.column_name.startsWith(\"a column of a long enough\") && "
        "\"a tag that is longer than a short string\" in resource.tags && !(resource.classification_level in [3, 4])";
    CHECK(runs_out([&] {
              Condition *condition = nullptr;
              Status status = compile_condition(text, ConditionScope::Rule, true, &condition);
              if (status)
                  free_condition(condition);
              return static_cast<bool>(status);
          }) > 5);
    Condition *condition = nullptr;
    REQUIRE(compile_condition(text, ConditionScope::Rule, true, &condition));
    bool never_false = true;
    runs_out([&] {
        Truth truth = evaluate_condition(condition, input);
        never_false &= truth != Truth::False;
        return truth == Truth::True;
    });
    CHECK(never_false);
    free_condition(condition);
}

static const std::string zeros(64, '0');

TEST_CASE("keys that do not fit into memory are no keys")
{
    const std::string file = "default 1 " + zeros + "\nanother_key_of_a_long_name 1 " + zeros + "\n";
    bool only_keys = true;
    runs_out([&] {
        Status status = load_keys(file);
        long before = left;
        left = -1;
        only_keys &= static_cast<bool>(status) == has_key("default");
        left = before;
        return static_cast<bool>(status);
    });
    CHECK(only_keys);
    REQUIRE(load_keys("default 1 " + zeros + "\n"));
    runs_out(
        [] { return has_key("default@1") && key_generation("a key of a name that is long, and is not there") == 0; });
}

// Bound, made and run as the server does it, over a value of which no part may show where memory runs out.
static void mask_runs_out(const std::string &mask, const Target &target, const std::string &input)
{
    INFO(mask);
    MaskCall call = call_of(mask);
    std::string wanted, buffer(4096, '\0');
    {
        Runner runner(mask, target);
        REQUIRE(runner.status);
        wanted = runner.text(input);
    }
    bool shows_nothing_else = true;
    runs_out([&] {
        BoundCall bound;
        if (!bind_mask(call, target, &bound))
            return false;
        char wire[1024];
        write_mask_wire(call, wire);
        Masker *made = nullptr;
        if (!make_mask({wire, bound.wire_size}, target, &made))
            return false;
        Value value;
        value.bytes = input;
        Output out;
        out.data = buffer.data();
        out.capacity = buffer.size();
        run_mask(*made, value, out);
        bool got = out.outcome == Output::Outcome::Value;
        shows_nothing_else &= !got || std::string_view(out.data, out.size) == wanted;
        release_mask(made);
        return got;
    });
    CHECK(shows_nothing_else);
}

TEST_CASE("a mask that runs out of memory shows nothing")
{
    REQUIRE(load_keys("default 1 " + zeros + "\n"));
    const std::string value = "Luis.Goncalves.of.a.long.name@embraer.com.br, 4111-1111-1111-1111, 10.1.2.3";
    Target text = target_of(Kind::Text);
    for (const char *mask :
         {"partial(1, 'a padding that is longer than what a string holds in itself', 2)", "inner(1, 1, '#')",
          "outer(1, 2)", "range(1, 3, 'a substitute that is longer than a short string')", "phone()", "name()",
          "iban()", "hash()", "token(20)", "md5()", "fpe('lower')", "generalize(10)"})
        mask_runs_out(mask, text, value);
    mask_runs_out("email()", text, "luis.goncalves.of.a.long.name@embraer.com.br");
    mask_runs_out("fpe_pan()", text, "4111-1111-1111-1111");
    mask_runs_out("url()", text, "https://user:secret@host.example.com/a/long/path?query=1");
    mask_runs_out("json('$.a.b', partial(1, 'a padding that is longer than a short string', 0))", target_of(Kind::Json),
                  R"({"a": {"b": "a text that is longer than what a string holds in itself"}, "c": [1, 2, 3]})");
}

TEST_CASE("a call by hand that runs out of memory is not made")
{
    FlatArgument arguments[] = {{Argument::Kind::Number, "1"},
                                {Argument::Kind::String, "a padding that is longer than what a string holds in itself"},
                                {Argument::Kind::Number, "2"}};
    CHECK(runs_out([&] {
              MaskCall *call = nullptr;
              Status status = new_mask_call("partial", arguments, 3, &call);
              if (status)
                  delete_mask_call(call);
              return static_cast<bool>(status);
          }) > 0);
}
