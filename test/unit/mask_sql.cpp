// A label as plain SQL for the generated views.
#include <catch2/catch.hpp>

#include "core/mask.h"
#include "core/mask_sql.h"

using namespace ddm::core;

static std::string sql_of(const char *label, const NamedMask *named = nullptr, size_t count = 0)
{
    std::string out;
    Status status = print_mask_sql(label, {"ssn", "text", "already"}, named, count, out);
    INFO(status.message);
    REQUIRE(status);
    return out;
}

TEST_CASE("masks as plain SQL")
{
    CHECK(sql_of("NOT MASKED") == "ssn");
    CHECK(sql_of("MASKED WITH FUNCTION identity()") == "ssn");
    CHECK(sql_of("MASKED WITH FUNCTION partial(0, 'it''s', 4)") ==
          "CASE WHEN already THEN ssn ELSE (ddm.\"partial\"(ssn, 0, 'it''s', 4))::text END");
    CHECK(sql_of("MASKED WITH FUNCTION my.\"F\"(1)") ==
          "CASE WHEN already THEN ssn ELSE (\"my\".\"F\"(ssn, 1))::text END");
    CHECK(sql_of("MASKED WITH FUNCTION default()") == "(ddm.\"default\"(ssn))::text");
    CHECK(sql_of("MASKED WITH FUNCTION full('x')") == "(ddm.\"full\"(ssn, 'x'))::text");
    CHECK(sql_of("MASKED WITH FUNCTION json('$.a', partial(1, 'x', 1))") ==
          "CASE WHEN already THEN ssn ELSE (ddm.\"json\"(ssn, '$.a', 'partial(1, ''x'', 1)'))::text END");
    CHECK(sql_of("MASKED WITH VALUE NULL") == "(NULL)::text");
    CHECK(sql_of("MASKED WITH VALUE 7") == "('7')::text");
    CHECK(sql_of("MASKED WITH VALUE 1 WHEN (a = 2)") ==
          "CASE WHEN already THEN ssn ELSE CASE WHEN (a = 2) IS NOT FALSE THEN ('1')::text ELSE ssn END END");
    CHECK(
        sql_of("MASKED WITH VALUE 1 FOR a, \"B'\" WITH VALUE 2 WHEN (c)") ==
        "CASE WHEN already THEN ssn ELSE CASE WHEN (pg_catalog.pg_has_role(pg_catalog.to_regrole('\"a\"'), 'USAGE') OR "
        "pg_catalog.pg_has_role(pg_catalog.to_regrole('\"B''\"'), 'USAGE')) AND (c) IS NOT FALSE THEN ('2')::text "
        "ELSE ('1')::text END END");
    // what needs a key stays withheld, whatever the server shows
    CHECK(sql_of("MASKED WITH FUNCTION hash() FOR a WITH FUNCTION email()") ==
          "CASE WHEN (pg_catalog.pg_has_role(pg_catalog.to_regrole('\"a\"'), 'USAGE')) THEN CASE WHEN already THEN ssn "
          "ELSE (ddm.\"email\"(ssn))::text END ELSE (ddm.\"default\"(ssn))::text END");
}

TEST_CASE("what can't be called by hand is default()")
{
    const char *by_default = "(ddm.\"default\"(ssn))::text";
    CHECK(sql_of("MASKED WITH FUNCTION no_such_mask()") == by_default);
    CHECK(sql_of("MASKED WITH FUNCTION full(email())") == by_default);
    CHECK(sql_of("MASKED WITH FUNCTION each(hash())") == by_default);
    CHECK(sql_of("MASKED WITH FUNCTION json('$.a', email(), '$.b', token())") == by_default);
    CHECK(sql_of("MASKED WITH FUNCTION my.f(email())") == by_default);
    CHECK(sql_of("MASKED WITH FUNCTION full('x', key => 'k')") == by_default);
    CHECK(sql_of("MASKED WITH POLICY missing") == by_default);
    NamedMask named[] = {{"p", "VALUE 'x'"}, {"q", "POLICY p"}};
    CHECK(sql_of("MASKED WITH POLICY p", named, 2) == "CASE WHEN already THEN ssn ELSE ('x')::text END");
    CHECK(sql_of("MASKED WITH POLICY q", named, 2) == by_default);
    for (size_t i = 0; i < mask_count(); i++)
        if (mask_info(i).keyed)
            CHECK(sql_of(("MASKED WITH FUNCTION \"" + std::string(mask_info(i).name) + "\"()").c_str()) == by_default);
}
