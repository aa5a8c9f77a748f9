// Text in an HTML page: nothing of it is markup, nothing of it hides.
#include <catch2/catch.hpp>

#include "core/html.h"

#include <string>

static std::string escaped(const std::string &text, bool utf8 = true)
{
    std::string out(ddm::core::html_bound(text.size()) + 1, '\0');
    out.resize(ddm::core::escape_html(text, utf8, out.data()));
    return out;
}

TEST_CASE("markup is text")
{
    CHECK(escaped("<script>alert(1)</script>") == "&lt;script&gt;alert(1)&lt;/script&gt;");
    CHECK(escaped("a&b \"c\" 'd'") == "a&amp;b &quot;c&quot; &#39;d&#39;");
    CHECK(escaped("") == "");
    CHECK(escaped("Käse, \xe6\xbc\xa2\xe5\xad\x97, \xf0\x9f\x94\x92") ==
          "Käse, \xe6\xbc\xa2\xe5\xad\x97, \xf0\x9f\x94\x92");
}

TEST_CASE("control characters, which no page may hold, are replaced")
{
    CHECK(escaped(std::string("a\x01"
                              "b\x1f\x7f",
                              5)) == "a&#65533;b&#65533;&#65533;");
    CHECK(escaped("a\tb\nc") == "a\tb\nc");
}

TEST_CASE("what hides or turns around shows as its number")
{
    CHECK(escaped("adm\xe2\x80\xaenim") == "adm[U+202E]nim");
    CHECK(escaped("a\xe2\x80\x8b"
                  "b\xe2\x81\xa6"
                  "c\xef\xbb\xbf") == "a[U+200B]b[U+2066]c[U+FEFF]");
    CHECK(escaped("\xe2\x80") == "\xe2\x80");                            // cut short
    CHECK(escaped("\xe2\x82\xac") == "\xe2\x82\xac");                    // the euro is no mark
    CHECK(escaped("adm\xe2\x80\xaenim", false) == "adm\xe2\x80\xaenim"); // bytes of another encoding
}

TEST_CASE("the bound is enough for the longest")
{
    const std::string quotes(1000, '\x01');
    CHECK(escaped(quotes).size() == 8 * quotes.size());
}
