// A statement's text without its values.
#include <catch2/catch.hpp>

#include "core/sql_text.h"

#include <string>

using ddm::core::replace_literals;

static std::string replaced(const std::string &sql, bool standard = true)
{
    std::string out(sql.size() + 1, '\0');
    out.resize(replace_literals(sql, standard, out.data()));
    return out;
}

TEST_CASE("literals of every kind become a question mark")
{
    CHECK(replaced("SELECT email FROM t WHERE ssn = '123-45-6789'") == "SELECT email FROM t WHERE ssn = ?");
    CHECK(replaced("SELECT 'it''s', E'a\\'b', B'101', X'ff', N'x', U&'d\\0061t', 1, 1.5e-10, .5, 0x1F, 1_000") ==
          "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?");
    CHECK(replaced("SELECT $$secret$$, $tag$ $$ secret '$tag$, $1, t1.c2, \"O'Neil 7\"") ==
          "SELECT ?, ?, $1, t1.c2, \"O'Neil 7\"");
    CHECK(replaced("SELECT a.b, x1 FROM s.t2 -- secret 'x'\n WHERE /* a /* nested 42 */ secret */ i = -7") ==
          "SELECT a.b, x1 FROM s.t2 WHERE i = -?");
    CHECK(replaced("SELECT 'a' 'b'\n'c', date '2020-01-01'::text") == "SELECT ? ? ?, date ?::text");
    CHECK(replaced("SELECT 'a\\' , 'secret'") == "SELECT ? , ?");
    CHECK(replaced("SELECT 'a\\' , secret'", false) == "SELECT ?");
    CHECK(replaced("select U&\"d\\0061t 5\", e, n, b FROM x") == "select U&\"d\\0061t 5\", e, n, b FROM x");
}

TEST_CASE("what does not end leaves nothing of itself")
{
    CHECK(replaced("SELECT 'secret") == "SELECT ?");
    CHECK(replaced("SELECT $x$secret") == "SELECT ?");
    CHECK(replaced("SELECT /* secret") == "SELECT");
    CHECK(replaced("SELECT E'secret\\") == "SELECT ?");
    CHECK(replaced("") == "");
    CHECK(replaced("$") == "$");
}

TEST_CASE("the answer is never longer than one byte more than the statement")
{
    for (const char *sql : {"1 2 3", "'a''b'", "1+1", "$$x$$1", ".5.5", "a--\n1"})
        CHECK(replaced(sql).size() <= std::string(sql).size() + 1);
}
