// Masks over texts: what each shows, and what it never does.
#include <catch2/catch.hpp>

#include "mask_helper.h"

#include <arpa/inet.h>

using namespace ddm::test;

struct Row {
    const char *mask, *input, *expected;
};

TEST_CASE("masks of texts show what they promise")
{
    static const Row rows[] = {
        {"email()", "luis@embraer.com.br", "l***@embraer.com.br"},
        {"email()", "é@x.fr", "é***@x.fr"},
        {"email()", "", "XXXX"},
        {"email()", "@", "XXXX"},
        {"email()", "a@", "XXXX"},
        {"email()", "@a", "XXXX"},
        {"email()", "a@b@c", "XXXX"},
        {"email()", "no address", "XXXX"},
        {"partial(0, 'XXX-XX-', 4)", "123-45-6789", "XXX-XX-6789"},
        {"partial(2, '*', 2)", "ab", "*"},
        {"partial(2, '*', 2)", "abcd", "*"},
        {"partial(2, '*', 2)", "abcde", "ab*de"},
        {"partial(2, '*', 2)", "", "*"},
        {"partial(0, '', 0)", "secret", ""},
        {"partial(1, '–', 1)", "éàü", "é–ü"},
        {"partial(1, '.', 1)", "日本", "."},
        {"partial(1, '.', 1)", "日本語", "日.語"},
        {"inner(1, 1)", "abcdef", "aXXXXf"},
        {"inner(1, 1, '*')", "ab", "**"},
        {"inner(0, 0, '*')", "ab", "**"},
        {"inner(1, 1, '●')", "日本語", "日●語"},
        {"outer(1, 2, '#')", "abcdef", "#bcd##"},
        {"outer(2, 2, '#')", "abcd", "####"},
        {"range(2, 5, '***')", "0123456789", "01***56789"},
        {"range(2, 5, '***')", "012", "01***"},
        {"range(2, 5, '***')", "01", "***"},
        {"range(0, 1, '*')", "日本", "*本"},
        {"regexp('[0-9]', '#')", "a1b22", "a#b##"},
        {"regexp('([a-z])[a-z]*', '\\1.', '')", "abc def", "a. def"},
        {"regexp('B', 'x', 'gi')", "abcb", "axcx"},
        {"regexp('[0-9]', '#')", "nothing", "XXXX"},
        {"regexp('(.*)', '\\1')", "shown", "XXXX"},
        {"regexp('(.*)', '<\\1>')", "shown", "XXXX"},
        {"regexp('^', '#')", "shown", "XXXX"},
        {"regexp('x*', '#')", "shown", "XXXX"},
        {"regexp('x*', '#')", "axb", "#a#b#"},
        {"regexp('.*', '#')", "gone", "#"},
        {"regexp('.', 'é')", "日本", "éé"},
        {"regexp('b', '\\0\\0', '')", "abc", "abbc"},
        {"regexp('(b)|c', '[\\1]')", "abc", "a[b][]"},
        {"regexp('.', '#')", "", "XXXX"},
        {"regexp('(a*)*(b|c)$', 'x')", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaad", "XXXX"},
    };
    for (const Row &row : rows) {
        INFO(row.mask << " of " << row.input);
        CHECK(masked(row.mask, row.input) == row.expected);
    }
}

// Addresses are looked at in words of the machine: each length and each place of one @ and of two, beside the plain way.
TEST_CASE("an @ is found wherever it stands")
{
    Runner runner("email()", target_of(Kind::Text));
    for (size_t size = 0; size <= 70; size++) {
        for (size_t at = 0; at < size; at++) {
            for (size_t second = at; second < size; second++) {
                std::string text(size, 'a');
                text[at] = text[second] = '@';
                bool good = at == second && at > 0 && at + 1 < size;
                std::string expected = good ? "a***" + text.substr(at) : "XXXX";
                if (runner.text(text) != expected)
                    FAIL_CHECK(text);
            }
        }
        CHECK(runner.text(std::string(size, 'a')) == "XXXX");
    }
    for (const char *first : {"é", "€", "😀"})
        for (size_t size = 0; size <= 40; size++)
            CHECK(runner.text(first + std::string(size, 'b') + "@c") == std::string(first) + "***@c");
}

// Up to 64 bytes are looked at at once, what is longer byte by byte.
TEST_CASE("the words of a name are found wherever they stand")
{
    Runner runner("name()", target_of(Kind::Text));
    for (size_t size = 1; size <= 70; size++) {
        for (size_t at = 0; at < size; at++) {
            std::string text(size, 'a');
            text[at] = ' ';
            auto word = [](size_t letters) { return letters == 0 ? "" : letters == 1 ? "***" : "a***"; };
            const std::string first = word(at), second = word(size - at - 1);
            const std::string both = first + (first.empty() || second.empty() ? "" : " ") + second;
            if (runner.text(text) != (both.empty() ? "XXXX" : both))
                FAIL_CHECK(text);
        }
    }
}

// Beside inet_pton(), to which addresses of four bytes no longer go.
TEST_CASE("what is an address is one for the system's library as well")
{
    Runner runner("ip(31)", target_of(Kind::Text));
    static const char *const pieces[] = {"0",   "1",    "00", "01", "9",  "25", "255", "256",
                                         "300", "1000", "",   "+1", "-1", " 1", "1 ",  "a"};
    size_t good = 0;
    for (const char *a : pieces)
        for (const char *b : pieces)
            for (const char *c : pieces)
                for (const char *between : {".", "..", ","}) {
                    const std::string text = std::string(a) + "." + b + between + c + ".7";
                    unsigned char bytes[4];
                    const bool is_address = inet_pton(AF_INET, text.c_str(), bytes) == 1;
                    const std::string expected = text.substr(0, text.size() - 1) + "6";
                    if (runner.text(text) != (is_address ? expected : "0.0.0.0"))
                        FAIL_CHECK(text);
                    good += is_address;
                }
    CHECK(good > 100);
}

// Short pieces are moved in words that overlap.
TEST_CASE("pieces of every length are written, and nothing beside them")
{
    for (size_t count = 0; count <= 70; count++) {
        for (bool filled : {false, true}) {
            std::string buffer(count + 4, '#'), piece(count, 'x');
            for (size_t i = 0; i < count && !filled; i++)
                piece[i] = static_cast<char>('a' + i % 26);
            Output out;
            out.data = buffer.data() + 2;
            out.capacity = count;
            if (filled)
                out.append(count, 'x');
            else
                out.append(piece);
            CHECK(buffer == "##" + piece + "##");
            out.append('!');
            CHECK((buffer == "##" + piece + "##" && !out.fits()));
        }
    }
}

TEST_CASE("known formats show the same of what is malformed as of what is not")
{
    static const Row rows[] = {
        {"phone()", "+55 (12) 3923-5555", "XXX-XXX-5555"},
        {"phone()", "555-1234", "XXX-XXX-1234"},
        {"phone()", "1234", "XXX-XXX-XXXX"},
        {"phone()", "", "XXX-XXX-XXXX"},
        {"phone()", "call me", "XXX-XXX-XXXX"},
        {"phone()", "+49 30 1234567 (in the evening, or else leave a message with whoever is there: 555 90210)",
         "XXX-XXX-0210"},
        {"phone()", "+49 30 1234567 (in the evening, or leave a message with whoever is there, please)",
         "XXX-XXX-XXXX"},
        {"ssn()", "123-45-6789", "XXX-XX-6789"},
        {"ssn()", "123456789", "XXX-XX-6789"},
        {"ssn()", "6789", "XXX-XX-XXXX"},
        {"ssn()", "secret 123456789", "XXX-XX-XXXX"},
        {"pan()", "4111 1111 1111 1234", "XXXX-XXXX-XXXX-1234"},
        {"pan()", "1234", "XXXX-XXXX-XXXX-XXXX"},
        {"pan()", "41111111111112345678901234567890123456", "XXXX-XXXX-XXXX-XXXX"},
        {"pan_relaxed()", "5512793231089999", "551279XXXXXX9999"},
        {"pan_relaxed()", "5512799999", "XXXXXXXXXXXXXXXX"},
        {"iban()", "DE89370400440532013000", "DE********************"},
        {"iban()", "DE89 3704 0044 0532 0130 00", "DE** **** **** **** **** **"},
        {"iban()", "DE", "**********************"},
        {"iban()", "D E89370400440532013000", "D E********************"},
        {"iban()", "DE89 3704 0044 0532 0130 00 !", "**********************"},
        {"iban()", "DEX9370400440532013000", "**********************"},
        {"uk_nin()", "QQ123456C", "QQ*******"},
        {"uk_nin()", "QQ 12 34 56 C", "QQ ** ** ** *"},
        {"uk_nin()", "QQ", "*********"},
        {"canada_sin()", "046-454-286", "XXX-XXX-XXX"},
        {"uuid()", "9c5b94b1-35ad-49bb-b118-8e8fc24abf80", "********-****-****-****-************"},
        {"ip()", "192.168.1.77", "192.168.1.0"},
        {"ip(16)", "192.168.1.77", "192.168.0.0"},
        {"ip(12)", "192.168.1.77", "192.160.0.0"},
        {"ip(64)", "192.168.1.77", "0.0.0.0"},
        {"ip(32)", "2001:db8:1:2::7", "2001:db8::"},
        {"ip()", "192.168.1", "0.0.0.0"},
        {"ip()", "10.0.0.1/secret", "0.0.0.0"},
        {"ip()", "10.0.0.1/16", "10.0.0.0/16"},
        {"ip()", "10.0.0.1/33", "0.0.0.0"},
        {"ip()", "10.0.0.1/", "0.0.0.0"},
        {"ip()", "10.0.0.1/-1", "0.0.0.0"},
        {"url()", "https://me:pw@example.com:8080/a/b?c=d#e", "https://example.com/***"},
        {"url()", "http://[::1]:80/x", "http://[::1]/***"},
        {"url()", "example.com/secret", "XXXX"},
        {"url()", "://secret", "XXXX"},
        {"url()", "http://", "XXXX"},
        {"url()", "http://a secret/", "XXXX"},
        {"url()", "http://a@b@host.example?q", "http://host.example/***"},
        {"url()", "http://[::1/x", "XXXX"},
        {"url()", "svn+ssh://bücher.example\\x", "svn+ssh://bücher.example/***"},
        {"url()", "1http://host/", "XXXX"},
        {"url()", "see http://host/", "XXXX"},
        {"url()", "http://user:secret@/path", "XXXX"},
        {"url()", "http://user:s[cret@host:80", "http://host/***"},
        {"url()", "http://s cret:80@[::1]:80/x", "http://[::1]/***"},
        {"url()", "http://user@[::1/x", "XXXX"},
        {"url()", "http://host:1:2/x", "http://host/***"},
        {"url()", "http://:80/x", "XXXX"},
        {"url()", "http://host:8 0/x", "XXXX"},
        {"url()", "http://a@s cret/x", "XXXX"},
        {"name()", "Luís Gonçalves", "L*** G***"},
        {"name()", "J Doe", "*** D***"},
        {"name()", "  ", "XXXX"},
        {"name()", "", "XXXX"},
        {"name()", "\tAda\r\nKing ", "A*** K***"},
        {"generalize(10)", "42", "[40,50)"},
        {"generalize(0.5)", "-0.2", "[-0.5,0)"},
        {"generalize(10)", "forty", "XXXX"},
        {"generalize(10)", "-1", "[-10,0)"},
        {"generalize(10)", "-10", "[-10,0)"},
        {"generalize(10)", "+42", "[40,50)"},
        {"generalize(10)", "0042", "[40,50)"},
        {"generalize(10)", "42 ", "XXXX"},
        {"generalize(10)", "", "XXXX"},
        {"generalize(10)", "999999999999999999", "[999999999999999990,1000000000000000000)"},
        {"generalize(10)", "-999999999999999999", "[-1000000000000000000,-999999999999999990)"},
        {"generalize(10)", "9999999999999999999", "[9999999999999999990,10000000000000000000)"},
        {"generalize(10)", "-99999999999999999999", "[-100000000000000000000,-99999999999999999990)"},
        {"generalize(999999999999999999)", "-999999999999999998", "[-999999999999999999,0)"},
        {"generalize(1000000000000000000)", "5", "[0,1000000000000000000)"},
    };
    for (const Row &row : rows) {
        INFO(row.mask << " of " << row.input);
        CHECK(masked(row.mask, row.input) == row.expected);
    }
}

TEST_CASE("a network whose bits may all be shown shows none")
{
    Target cidr = target_of(Kind::Inet);
    cidr.is_network = true;
    CHECK(masked("ip(24)", "10.1.2.0/24", cidr) == "0.0.0.0/24");
    CHECK(masked("ip(24)", "10.0.0.0/8", cidr) == "0.0.0.0/8");
    CHECK(masked("ip(16)", "10.1.2.0/24", cidr) == "10.1.0.0/24");
    CHECK(masked("ip(24)", "10.1.2.3/32", cidr) == "10.1.2.0/32");
    CHECK(masked("ip(24)", "10.1.2.3/24", target_of(Kind::Inet)) == "10.1.2.0/24"); // an address in a network
}

TEST_CASE("the result fits the column")
{
    Target narrow = target_of(Kind::Text);
    narrow.limit = 8;
    CHECK(masked("email()", "luis@embraer.com.br", narrow) == "l***@emb");
    CHECK(masked("partial(0, 'äöüäöüäöü', 0)", "x", narrow) == "äöüäöüäö");
    Target padded = narrow;
    padded.blank_padded = true;
    CHECK(masked("partial(1, '*', 1)", "abc", padded) == "a*c     ");
    CHECK(masked("partial(1, 'é', 1)", "abc", padded) == "aéc     ");
}

TEST_CASE("characters are counted in every encoding")
{
    Target latin1 = target_of(Kind::Text, Encoding::Form::SingleByte);
    CHECK(masked("partial(1, '*', 1)", "\xe9\xe8\xea", latin1) == "\xe9*\xea");
    CHECK(masked("inner(1, 0)", "\xe9\xe8", latin1) == "\xe9X");
    std::string kanji = "\xc6\xfc\xcb\xdc\xb8\xec"; // three characters of two bytes
    CHECK(masked("partial(1, '*', 1)", kanji, euc_jp()) == "\xc6\xfc*\xb8\xec");
    CHECK(masked("partial(1, '*', 1)", kanji.substr(0, 4), euc_jp()) == "*");
    CHECK(masked("outer(1, 0, '*')", kanji, euc_jp()) == "*\xcb\xdc\xb8\xec");
    CHECK(masked("email()", "\xc6\xfc\xcb\xdc@x.jp", euc_jp()) == "\xc6\xfc***@x.jp");
    CHECK(masked("regexp('.', 'x')", kanji, euc_jp()) == "XXXX");
}

TEST_CASE("broken characters are walked, not overrun")
{
    static const char *broken[] = {"\xc3", "a\xe2\x82", "\xf0", "\xff\xff\xff", "\x80\x80\x80\x80\x80\x80",
                                   "\x8f", "\xc6"};
    for (const char *mask :
         {"partial(1,'*',1)", "email()", "inner(1,1)", "outer(1,1)", "range(0,1,'*')", "name()", "regexp('a','b')"})
        for (const char *input : broken)
            for (const Target &target :
                 {target_of(Kind::Text), euc_jp(), target_of(Kind::Text, Encoding::Form::SingleByte)}) {
                // An exact allocation, so that the sanitizer sees a byte read behind it.
                std::vector<char> exact(input, input + std::strlen(input));
                Runner runner(mask, target);
                REQUIRE(runner.status);
                Value value;
                value.bytes = std::string_view(exact.data(), exact.size());
                Output out = runner.run(value);
                CHECK(std::string(out.data, out.size) != std::string(input));
            }
}

TEST_CASE("a mistake is refused when the mask is bound, with its place")
{
    static const struct {
        const char *mask;
        Kind kind;
        Code code;
    } rows[] = {
        {"emial()", Kind::Text, Code::Unknown},
        {"other.email()", Kind::Text, Code::Unknown},
        {"email(1)", Kind::Text, Code::Arity},
        {"partial(1, '*')", Kind::Text, Code::Arity},
        {"partial('1', '*', 1)", Kind::Text, Code::Type},
        {"partial(1.5, '*', 1)", Kind::Text, Code::Type},
        {"partial(-1, '*', 1)", Kind::Text, Code::Value},
        {"partial(1, 2, 3)", Kind::Text, Code::Type},
        {"partial(1, null, 3)", Kind::Text, Code::Type},
        {"partial(1, '*', 99999999999999999999)", Kind::Text, Code::Type},
        {"partial(1, '*', 1)", Kind::Integer, Code::Type},
        {"email()", Kind::Date, Code::Type},
        {"full(null)", Kind::Text, Code::Type},
        {"full()", Kind::Text, Code::Arity},
        {"outer(0, 0)", Kind::Text, Code::Value},
        {"inner(1, 1, '')", Kind::Text, Code::Value},
        {"inner(1, 1, 'ab')", Kind::Text, Code::Value},
        {"range(3, 3, '*')", Kind::Text, Code::Value},
        {"regexp('(', 'x')", Kind::Text, Code::Value},
        {"regexp('(a)\\1', 'x')", Kind::Text, Code::Value},
        {"regexp('a', '\\2')", Kind::Text, Code::Value},
        {"regexp('a', 'b', 'q')", Kind::Text, Code::Value},
        {"ip(200)", Kind::Text, Code::Value},
        {"ip(128)", Kind::Inet, Code::Value},
        {"bucket(0)", Kind::Integer, Code::Value},
        {"bucket(-5)", Kind::Numeric, Code::Value},
        {"bucket(1.5)", Kind::Integer, Code::Value},
        {"bucket(0.0000000000000001)", Kind::Float, Code::Value},
        {"round_to(15)", Kind::Float, Code::Value},
        {"round_to(-400)", Kind::Numeric, Code::Value},
        {"noise(0)", Kind::Integer, Code::Value},
        {"bucket(1)", Kind::Integer, Code::Value},
        {"round_to(0)", Kind::Integer, Code::Value},
        {"date('year', 'month', 'day')", Kind::Date, Code::Value},
        {"date('hour')", Kind::Date, Code::Value},
        {"date('fortnight')", Kind::Date, Code::Value},
        {"date()", Kind::Date, Code::Arity},
        {"date('hour', 'minute', 'second')", Kind::Time, Code::Value},
        {"date('YMDhms')", Kind::Timestamp, Code::Value},
        {"generalize('day')", Kind::Date, Code::Value},
        {"generalize('week')", Kind::Time, Code::Value},
        {"generalize('fortnight')", Kind::Date, Code::Value},
        {"random(5, 5)", Kind::Integer, Code::Value},
        {"random(1.5, 5)", Kind::Integer, Code::Value},
        {"random('2020-13-01', '2021-01-01')", Kind::Date, Code::Value},
        {"random('2020-01-01 and more', '2021-01-01')", Kind::Date, Code::Value},
        {"random('2020-01-01', '2021-01-01 10:00 or so')", Kind::Timestamp, Code::Value},
        {"random('10:00', '25:00')", Kind::Time, Code::Value},
        {"email(key => 'k')", Kind::Text, Code::Unknown},
    };
    for (const auto &row : rows) {
        INFO(row.mask);
        Runner runner(row.mask, target_of(row.kind));
        CHECK_FALSE(runner.status);
        CHECK(runner.status.code == row.code);
        CHECK(runner.status.length > 0);
    }
}

TEST_CASE("a bound mask prints as the label says it")
{
    CHECK(Runner("Partial( 0,'XXX-XX-' , 4 )", target_of(Kind::Text)).printed == "partial(0, 'XXX-XX-', 4)");
    CHECK(Runner("email()", target_of(Kind::Text)).printed == "email()");
}
