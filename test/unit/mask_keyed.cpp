// Keys, and the masks under them.
#include <catch2/catch.hpp>

#include "core/keys.h"
#include "mask_helper.h"

#include <set>

using namespace ddm::test;

static const std::string zeros(64, '0'), ones(64, '1');

static void use_keys()
{
    REQUIRE(load_keys("# keys\ndefault 1 " + zeros + "\ndefault 2 " + ones + "\nother 1 " + zeros + "\n"));
}

static bool words(std::string_view name, std::string_view *found)
{
    *found = name == "two" ? "eins\nzwei" : "";
    return name == "two" || name == "empty";
}

TEST_CASE("a key file is read whole or not at all")
{
    use_keys();
    CHECK(has_key("default"));
    CHECK(key_generation("default") == 2);
    CHECK(has_key("default@1"));
    CHECK_FALSE(has_key("default@3"));
    CHECK_FALSE(has_key("default@x"));
    CHECK_FALSE(has_key("nobody"));
    char line[key_line_size];
    size_t size = 0;
    REQUIRE(new_key_line("default", line, &size));
    CHECK(std::string(line, size).substr(0, 10) == "default 3 ");
    CHECK(load_keys(std::string_view(line, size)));
    CHECK_FALSE(new_key_line("no good", line, &size));
    for (const std::string &text : std::vector<std::string>{"default 1 abc", "default 0 " + zeros, "default x " + zeros,
                                                            "d 1 " + zeros + " more", "d"}) {
        use_keys();
        CHECK_FALSE(load_keys(text));
        CHECK_FALSE(has_key("default"));
    }
}

TEST_CASE("hash is HMAC-SHA-256 under a key of its purpose")
{
    use_keys();
    std::string shown = masked("hash(key => 'other')", "value");
    CHECK(shown.size() == 64);
    CHECK(shown == masked("hash(key => 'default@1')", "value")); // the same bytes
    CHECK(shown != masked("hash()", "value"));
    CHECK(shown.substr(0, 32) != masked("md5(key => 'other')", "value"));
    Target narrow = target_of(Kind::Text);
    narrow.limit = 10;
    CHECK(masked("hash(key => 'other')", "value", narrow) == shown.substr(0, 10));
    CHECK(masked("token(20)", "value").size() == 20);
    CHECK(masked("token(51)", "value").size() == 51);
}

TEST_CASE("fpe keeps length, alphabet and what is outside it")
{
    use_keys();
    std::string shown = masked("fpe()", "tel 555-123-4567");
    CHECK(shown != "tel 555-123-4567");
    CHECK(shown.substr(0, 4) == "tel ");
    CHECK(shown[7] == '-');
    CHECK(shown.size() == 16);
    CHECK(masked("fpe()", "12345") == "<default>");
    CHECK(masked("fpe()", "") == "<default>");
    CHECK(masked("fpe('日本語')", "日本語日本語日本語日本語日本").size() == 42);
    CHECK(masked("fpe('abb')", "x").substr(0, 6) == "error:");
    CHECK_FALSE(Runner("fpe('lower')", target_of(Kind::Integer)).status);
    CHECK(masked("fpe_pan()", "4111 1111").substr(0, 9) == "<default>");
    CHECK(masked("fpe_pan()", "4111-1111-1111-1111") != masked("fpe_pan()", "4111-1111-1111-1112"));
}

TEST_CASE("pseudonyms come from the dictionary")
{
    use_keys();
    set_dictionary_source(words);
    std::string shown = masked("pseudonym('two')", "Luis");
    CHECK((shown == "eins" || shown == "zwei"));
    CHECK(shown == masked("pseudonym('two')", "Luis"));
    CHECK(masked("pseudonym('empty')", "Luis").substr(0, 6) == "error:");
    CHECK(masked("pseudonym('none')", "Luis").substr(0, 6) == "error:");
    set_dictionary_source(nullptr);
}

TEST_CASE("noise is near the number and never the number")
{
    use_keys();
    for (int64_t n : {0, 1, -1, 2, 3, 4, 5, 9, 10, 100, 12345, -12345}) {
        int64_t shown = Runner("noise(0.1)", target_of(Kind::Integer)).integer(n);
        INFO(n << " is " << shown);
        CHECK(shown != n);
        CHECK(std::abs(shown - n) <= std::max<int64_t>(1, std::abs(n) / 10));
        CHECK(shown == Runner("noise(0.1)", target_of(Kind::Integer)).integer(n));
    }
    Target numeric = target_of(Kind::Numeric);
    CHECK(masked("noise(0.1)", "0.00", numeric) != "0.00");
    std::string wide = std::string(35, '9');
    CHECK(masked("noise(0.001)", wide, numeric) != wide);
    numeric.precision = 5;
    numeric.scale = -2;
    std::string hundreds = masked("noise(0.001)", "12300", numeric);
    CHECK((hundreds == "12200" || hundreds == "12400"));
}

TEST_CASE("what is equal in SQL has one token")
{
    use_keys();
    Target numeric = target_of(Kind::Numeric);
    CHECK(masked("hash()", "7.00", numeric) == masked("hash()", "7", numeric));
    CHECK(masked("hash()", "0.5000000000000000000000", numeric) == masked("hash()", "0.5", numeric));
    CHECK(masked("hash()", "70", numeric) != masked("hash()", "7", numeric));
    CHECK(masked("hash()", "1.05", numeric) != masked("hash()", "1.5", numeric));
    Runner noise("noise(10)", target_of(Kind::Float));
    Value zero, minus_zero;
    zero.real = 0.0;
    minus_zero.real = -0.0;
    CHECK(noise.run(zero).outcome == noise.run(minus_zero).outcome);
    numeric.precision = numeric.scale = 2; // all digits behind the point
    std::set<std::string> tokens;
    for (int i = 0; i < 50; i++)
        tokens.insert(masked("hash()", "0." + std::to_string(10 + i), numeric));
    CHECK(tokens.size() > 20);
}

TEST_CASE("a key that is gone makes no mask")
{
    use_keys();
    MaskCall call = call_of("hash()");
    Target target = target_of(Kind::Text);
    BoundCall bound;
    REQUIRE(bind_mask(call, target, &bound));
    CHECK(bound.keyed);
    std::string wire(bound.wire_size, '\0');
    write_mask_wire(call, wire.data());
    forget_keys();
    Masker *mask = nullptr;
    CHECK_FALSE(make_mask(wire, target, &mask));
    CHECK(mask == nullptr);
    CHECK(masked("hash()", "x") == "error: key \"default\" does not exist");
}

TEST_CASE("json masks what paths find and shows nothing where they find nothing")
{
    Target json = target_of(Kind::Json);
    CHECK(masked("json('$.a.b', email())", R"({"a": {"b": "me@x.org", "c": 1}})", json) ==
          R"({"a": {"b": "m***@x.org", "c": 1}})");
    CHECK(masked("json('a.b', default())", R"({"a":[{"b":"x"},{"b":2},{"b":true},{"b":null},{"b":{}}]})", json) ==
          R"({"a": [{"b": "XXXX"}, {"b": 0}, {"b": false}, {"b": null}, {"b": null}]})");
    CHECK(masked("json('$[1]', full('#'))", R"(["a","b"])", json) == R"(["a", "#"])");
    CHECK(masked("json('$.a', partial(1,'*',1))", R"({"\u0061":"x\"yz"})", json) == R"({"\u0061": "x*z"})");
    CHECK(masked("json('$.a', email())", R"({"a":"\u00e9@x"})", json) == R"({"a": "XXXX"})");
    CHECK(masked("json('$.a', email())", R"({"b":"secret"})", json) == "<default>");
    CHECK(masked("json('$.a', email())", R"("secret")", json) == "<default>");
    // another shape than the path expects shows no more than the one that it does
    CHECK(masked("json('$.a.b', email(), '$.c', email())", R"({"a": "me@x.org", "c": "me@x.org"})", json) ==
          R"({"a": "XXXX", "c": "m***@x.org"})");
    CHECK(masked("json('$.a.b', email())", R"({"a": ["me@x.org", {"b": "me@x.org"}]})", json) ==
          R"({"a": ["XXXX", {"b": "m***@x.org"}]})");
    CHECK(masked("json('$.a[*]', email())", R"({"a": "me@x.org", "b": 1})", json) == R"({"a": "m***@x.org", "b": 1})");
    CHECK(masked("json('$.a[*]', email())", R"({"a": {"b": "me@x.org"}})", json) == R"({"a": null})");
    CHECK(masked("json('$.a[*].b', email())", R"({"a": {"b": "me@x.org"}})", json) == R"({"a": {"b": "m***@x.org"}})");
    CHECK(masked("json('$.*', email())", R"({"a": "me@x.org", "b": null})", json) ==
          R"({"a": "m***@x.org", "b": null})");
    CHECK(masked("json('$.\"a.b\"', email())", R"({"a.b": "me@x.org"})", json) == R"({"a.b": "m***@x.org"})");
    CHECK(masked("json('$[\"a]\"]', email())", R"({"a]": "me@x.org"})", json) == R"({"a]": "m***@x.org"})");
    for (const char *path : {"$", "$.", "$..a", "$.a[", "$.a[last]", "$.a[-1]", "$.a[0 to 2]", "$.**", "$.a ? (@.b)",
                             "$.a.size()", "lax $.a", "$.a]", "$.\"a", "a$"})
        CHECK(masked("json('" + std::string(path) + "', email())", "{}", json).substr(0, 6) == "error:");
    CHECK(masked("json('$.a')", "{}", json).substr(0, 6) == "error:");
    CHECK(masked("json('', email())", "{}", json).substr(0, 6) == "error:");
    CHECK(masked("json('a', emial())", "{}", json).substr(0, 6) == "error:");
}
