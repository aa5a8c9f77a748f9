// What holds of every mask of the catalogue, with every argument that its parameters take: the rows are asked, so that
// a mask that is added is tested here without being named.
#include <catch2/catch.hpp>

#include "core/calendar.h"
#include "core/keys.h"
#include "mask_helper.h"
#include "mask_values.h"

#include <cmath>
#include <map>
#include <set>

using namespace ddm::test;

// Literals to try for a parameter: its bounds, both sides of them, and words that some mask understands.
static const std::vector<std::string> &literals(const Parameter &p)
{
    using Type = Parameter::Type;
    // As substitutes the words are none of the values' characters, or longer than the values that hold them.
    static const std::map<Type, std::vector<std::string>> by_type = {
        {Type::Text,
         {"''",     "'#'",   "'##'",     "'●'",         "'digits'", "'alphanumeric'", "'ABCA'", "'[a-zé]'", "'^'",
          "'z*'",   "'(.)'", "'\\0'",    "'\\1'",       "'('",      "'gi'",           "'gq'",   "'year'",   "'month'",
          "'hour'", "'YMD'", "'YMDhms'", "'fortnight'", "'$.a.b'",  "'$.zz[*]'",      "'$'",    "'a..b'"}},
        {Type::Integer,
         {"-400", "-36", "-2", "-1", "0", "1", "2", "3", "4", "8", "16", "24", "31", "32", "51", "127", "128",
          "1000000", "1000001"}},
        {Type::Real,
         {"-1", "0", "0.0000000000000000001", "0.001", "0.01", "0.5", "1", "2", "2.5", "10", "11", "1e300"}},
        {Type::Scalar,
         {"-1", "0", "0.0000000000000000001", "0.001", "0.01", "0.5", "1", "2", "2.5", "10", "11", "1e300", "'week'",
          "'month'", "'century'", "'day'", "'minute'", "'fortnight'"}},
        {Type::Literal,
         {"'#'", "1", "12", "-0.5", "'2000-01-01'", "'2010-01-01'", "'10:00'", "'11:30'", "null", "true"}},
        {Type::Dictionary, {"'two'", "'empty'", "'none'"}},
        {Type::Call,
         {"default()", "email()", "partial(1, '#', 1)", "bucket(10)", "hash()", "identity()", "nullify()",
          "each(email())"}},
    };
    return by_type.at(p.type);
}

// Every combination of the parameters' literals, the optional ones left out once.
static std::vector<std::string> spellings(const MaskRow &row)
{
    std::vector<std::string> argument_lists = {""};
    std::vector<std::string> result;
    for (const Parameter &p : row.parameters) {
        std::vector<std::string> longer;
        if (p.fallback)
            for (const std::string &list : argument_lists)
                result.push_back(std::string(row.name) + "(" + list + ")");
        for (const std::string &list : argument_lists)
            for (const std::string &literal : literals(p))
                longer.push_back(list + (list.empty() ? "" : ", ") + literal);
        argument_lists = longer;
    }
    for (const std::string &list : argument_lists) {
        result.push_back(std::string(row.name) + "(" + list + ")");
        if (row.repeats)
            result.push_back(std::string(row.name) + "(" + list + ", " + list + ")");
    }
    return result;
}

static std::vector<Target> targets(Kind kind)
{
    std::vector<Target> result = {target_of(kind)};
    switch (kind) {
    case Kind::Text:
        result[0].limit = 0;
        result.push_back(result[0]);
        result.back().limit = 5;
        result.push_back(result.back());
        result.back().blank_padded = true;
        break;
    case Kind::Integer:
        result.push_back(result[0]);
        for (Target &t : result)
            t.lowest = &t == &result[0] ? INT16_MIN : INT32_MIN, t.highest = -(t.lowest + 1);
        break;
    case Kind::Numeric:
        for (auto [precision, scale] : {std::pair(8, 2), std::pair(5, -2), std::pair(2, 2), std::pair(3, 5)}) {
            result.push_back(result[0]);
            result.back().precision = precision;
            result.back().scale = scale;
        }
        break;
    case Kind::Float:
        result.push_back(result[0]);
        result.back().precision = 6;
        break;
    case Kind::Inet:
        result.push_back(result[0]);
        result.back().is_network = true;
        break;
    case Kind::Time:
        result[0].lowest = 0;
        result[0].highest = microseconds_of_day;
        break;
    default:
        break;
    }
    return result;
}

static bool fits_column(const Target &target, const Output &out, const std::string &text)
{
    switch (target.kind) {
    case Kind::Text: {
        size_t count = target.encoding.count(text);
        return valid_utf8(text) &&
               (target.limit == 0 || (target.blank_padded ? count == static_cast<size_t>(target.limit)
                                                          : count <= static_cast<size_t>(target.limit)));
    }
    case Kind::Numeric: {
        std::optional<Decimal> d = Decimal::parse(text);
        if (!d || target.precision == 0)
            return d.has_value();
        std::optional<Decimal> kept = d->rounded(target.scale);
        return kept && kept->shortest().text() == d->shortest().text() &&
               std::fabs(std::stod(text)) < std::pow(10.0, target.precision - target.scale);
    }
    case Kind::Float:
        return std::isfinite(out.real);
    case Kind::Uuid:
        return text.size() == 16;
    default:
        return out.integer >= target.lowest && out.integer <= target.highest;
    }
}

static std::string shown_as_text(const Target &target, const Output &out)
{
    switch (target.kind) {
    case Kind::Text:
    case Kind::Numeric:
    case Kind::Uuid:
    case Kind::Bytea:
    case Kind::Json:
    case Kind::Inet:
        return std::string(out.data, out.size);
    case Kind::Float:
        return number_text(out.real);
    default:
        return std::to_string(out.integer);
    }
}

static std::string trimmed(std::string text, char blank)
{
    while (!text.empty() && text.back() == blank)
        text.pop_back();
    return text;
}

// The value as the output would be printed if it were shown.
static std::string value_as_text(const Target &target, const Sample &sample)
{
    return target.kind == Kind::Float  ? number_text(sample.value.real)
           : sample.value.bytes.data() ? sample.text
                                       : std::to_string(sample.value.integer);
}

static void check_bound_mask(Runner &runner, const MaskRow &row, const Target &target)
{
    std::map<std::string, std::set<std::string>> values_of; // by what they show as
    size_t as_they_are = 0, shown_at_all = 0;
    for (const Sample &sample : samples(target)) {
        Output out = runner.run(sample.value);
        if (out.outcome != Output::Outcome::Value) {
            values_of["default"].insert(sample.text);
            continue;
        }
        std::string shown = shown_as_text(target, out), value = value_as_text(target, sample);
        INFO(runner.printed << " of a " << target.type_name << " " << sample.text << " is " << shown);
        shown_at_all++;
        values_of[shown].insert(sample.text);
        CHECK(fits_column(target, out, shown));
        if (row.repeatable) {
            Output again = runner.run(sample.value);
            CHECK(shown_as_text(target, again) == shown);
        }
        bool same = trimmed(shown, ' ') == value && !value.empty();
        as_they_are += same;
        // Numbers and dates on the edge of what they are made to show as themselves; and as others do.
        bool coarse = !row.keyed && target.kind != Kind::Text && target.kind != Kind::Json && target.kind != Kind::Uuid;
        if (!coarse && row.repeatable)
            CHECK_FALSE(same);
    }
    INFO(runner.printed << " of " << target.precision << ", " << target.scale << ": " << values_of.size() << " of "
                        << shown_at_all);
    if (shown_at_all > 0)
        CHECK(as_they_are < shown_at_all);
    // Without a key something shows the same for more values than one.
    if (!row.keyed && row.repeatable && target.kind != Kind::Text && target.kind != Kind::Json) {
        bool shared = false;
        for (const auto &[shown, values] : values_of)
            shared = shared || values.size() > 1;
        CHECK(shared);
    }
}

static bool two_words(std::string_view name, std::string_view *found)
{
    *found = name == "two" ? "eins\nzwei" : "";
    return name == "two" || name == "empty";
}

TEST_CASE("every mask of the catalogue, with every argument that it takes: fits the column, never shows the value")
{
    REQUIRE(load_keys("default 1 " + std::string(64, '7') + "\n"));
    set_dictionary_source(two_words);
    auto index = GENERATE(range(0, static_cast<int>(mask_catalogue().size())));
    const MaskRow &row = mask_catalogue()[static_cast<size_t>(index)];
    size_t taken = 0, refused = 0;
    if (row.effect == Effect::Compute)
        for (const std::string &spelling : spellings(row))
            for (unsigned kind = 0; kind <= static_cast<unsigned>(Kind::Other); kind++) {
                if (!(row.kinds & (1U << kind)))
                    continue;
                for (const Target &target : targets(static_cast<Kind>(kind))) {
                    Runner runner(spelling, target);
                    if (!runner.status) {
                        INFO(spelling << ": " << runner.status.message);
                        refused++;
                        CHECK(runner.status.message[0] != '\0');
                        CHECK(runner.status.code != Code::Internal);
                        CHECK(runner.status.length > 0);
                        continue;
                    }
                    taken++;
                    check_bound_mask(runner, row, target);
                }
            }
    INFO(row.name);
    CHECK((row.effect != Effect::Compute || taken > 0));
    CHECK((row.effect != Effect::Compute || row.parameters.empty() || refused > 0));
    set_dictionary_source(nullptr);
}

TEST_CASE("no mask of texts shows a short value whole")
{
    auto index = GENERATE(range(0, static_cast<int>(mask_catalogue().size())));
    const MaskRow &row = mask_catalogue()[static_cast<size_t>(index)];
    // url() says the host, also of an address that is nothing else; generalize() the stretch that begins at the number.
    bool may_contain = std::string_view(row.name) == "url" || std::string_view(row.name) == "generalize";
    if (row.effect == Effect::Compute && !row.keyed && (row.kinds & set_of(Kind::Text)))
        for (const std::string &spelling : spellings(row)) {
            Runner runner(spelling, target_of(Kind::Text));
            if (!runner.status)
                continue;
            for (const char *text : {"w", "ö", "日", "9", "wv", "ö9", "wvq", "w@v", "日本語", "w v", "9.8", "::9",
                                     "w://q", "wss://w", "[90,91)"}) {
                std::string shown = runner.text(text);
                CHECK(shown != text);
                INFO(spelling << " of " << text << " is " << shown);
                if (!may_contain)
                    CHECK(shown.find(text) == std::string::npos);
            }
        }
}
