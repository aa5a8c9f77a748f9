// The catalogue of masks: a row each. Adding a mask is a row here, its class, its test and a line in doc/masks.md.
#include "core/mask_date.h"
#include "core/mask_format.h"
#include "core/mask_json.h"
#include "core/mask_keyed.h"
#include "core/mask_number.h"
#include "core/mask_row.h"
#include "core/mask_text.h"

namespace ddm::core
{

using T = Parameter::Type;

static constexpr KindSet text_kinds = set_of(Kind::Text);
static constexpr double many = 1000000; // characters

// clang-format off: a table
static void add_by_type(std::vector<MaskRow> &rows)
{
    rows.push_back({.name = "default",
                    .family = "by type",
                    .parameters = {},
                    .kinds = every_kind,
                    .make = nullptr,
                    .description = "A fixed value of the column's type: XXXX, 0, 1900-01-01, false, ...",
                    .source = "SQL Server default()",
                    .effect = Effect::Default});
    rows.push_back({.name = "nullify",
                    .family = "by type",
                    .parameters = {},
                    .kinds = every_kind,
                    .make = nullptr,
                    .description = "NULL",
                    .source = "Oracle NULLIFY",
                    .effect = Effect::Null});
    rows.push_back({.name = "full",
                    .family = "by type",
                    .parameters = {{"substitute", T::Literal}},
                    .kinds = every_kind,
                    .make = nullptr,
                    .description = "The substitute for every value",
                    .source = "Bytebase full mask",
                    .effect = Effect::Constant});
}

static void add_text(std::vector<MaskRow> &rows)
{
    Parameter left = {"left_margin", T::Integer, nullptr, 0, many},
              right = {"right_margin", T::Integer, nullptr, 0, many};
    Parameter fill = {"masking_char", T::Text, "'X'"};
    rows.push_back({.name = "partial",
                    .family = "text",
                    .parameters = {{"prefix", T::Integer, nullptr, 0, many},
                                   {"padding", T::Text},
                                   {"suffix", T::Integer, nullptr, 0, many}},
                    .kinds = text_kinds,
                    .make = make<PartialMask>,
                    .description = "First and last characters, padding between; the padding alone for short values",
                    .source = "SQL Server partial()"});
    rows.push_back({.name = "inner",
                    .family = "text",
                    .parameters = {left, right, fill},
                    .kinds = text_kinds,
                    .make = make_inner,
                    .description = "Margins stay, each character between becomes the masking character",
                    .source = "MySQL mask_inner()"});
    rows.push_back({.name = "outer",
                    .family = "text",
                    .parameters = {left, right, fill},
                    .kinds = text_kinds,
                    .make = make_outer,
                    .description = "Each character of the margins becomes the masking character",
                    .source = "MySQL mask_outer()"});
    rows.push_back(
        {.name = "range",
         .family = "text",
         .parameters = {{"first", T::Integer, nullptr, 0, many},
                        {"behind", T::Integer, nullptr, 0, many},
                        {"substitute", T::Text, "'****'"}},
         .kinds = text_kinds,
         .make = make_range,
         .description = "The characters from first (counted from 0) up to, not including, behind become the substitute",
         .source = "Bytebase range mask"});
    rows.push_back(
        {.name = "regexp",
         .family = "text",
         .parameters = {{"pattern", T::Text}, {"replacement", T::Text}, {"flags", T::Text, "'g'"}},
         .kinds = text_kinds,
         .make = make_regexp,
         .description =
             "What matches (RE2 syntax) becomes the replacement (\\1 is a group); XXXX where that hides nothing",
         .source = "Oracle DBMS_REDACT.REGEXP"});
    rows.push_back({.name = "email",
                    .family = "text",
                    .parameters = {},
                    .kinds = text_kinds,
                    .make = make<EmailMask>,
                    .description = "The first character, ***, @ and the domain; XXXX for what is no address"});
}

template <FormatFunction function>
static void add_format(std::vector<MaskRow> &rows, const char *name, const char *description, const char *source,
                       KindSet kinds = text_kinds)
{
    rows.push_back({.name = name,
                    .family = "known formats",
                    .parameters = {},
                    .kinds = kinds,
                    .make = make<FormatMask<function>>,
                    .description = description,
                    .source = source});
}

static void add_formats(std::vector<MaskRow> &rows)
{
    add_format<mask_phone>(rows, "phone", "XXX-XXX- and the last four digits", "Oracle REDACT_US_PHONE");
    add_format<mask_ssn>(rows, "ssn", "XXX-XX- and the last four digits", "MySQL mask_ssn()");
    add_format<mask_pan>(rows, "pan", "XXXX-XXXX-XXXX- and the last four digits", "MySQL mask_pan()");
    add_format<mask_pan_relaxed>(rows, "pan_relaxed", "First six and last four digits of a card number",
                                 "MySQL mask_pan_relaxed()");
    add_format<mask_iban>(rows, "iban", "The country, stars for the rest", "MySQL mask_iban()");
    add_format<mask_uk_nin>(rows, "uk_nin", "The two letters before the number, stars for the rest",
                            "MySQL mask_uk_nin()");
    add_format<mask_canada_sin>(rows, "canada_sin", "XXX-XXX-XXX", "MySQL mask_canada_sin()");
    add_format<mask_uuid>(rows, "uuid", "Stars in the shape of a UUID; zeros where the column's type is uuid",
                          "MySQL mask_uuid()", set_of(Kind::Text, Kind::Uuid));
    rows.push_back({.name = "ip",
                    .family = "known formats",
                    .parameters = {{"prefix_length", T::Integer, "24", 0, 127}},
                    .kinds = set_of(Kind::Text, Kind::Inet),
                    .make = make_ip,
                    .description = "The network's bits stay, the host's become zero"});
    add_format<mask_url>(rows, "url", "Scheme and host stay, user, port, path and query go", "");
    add_format<mask_name>(rows, "name", "The first letter of each word and ***", "");
}

static void add_numbers(std::vector<MaskRow> &rows)
{
    rows.push_back({.name = "random",
                    .family = "numbers and times",
                    .parameters = {{"low", T::Literal}, {"high", T::Literal}},
                    .kinds = number_kinds | clock_kinds,
                    .make = make_random,
                    .description = "A number or date between the bounds, drawn anew for each row and query",
                    .source = "SQL Server random()",
                    .repeatable = false,
                    .hides_all = true});
    rows.push_back({.name = "bucket",
                    .family = "numbers and times",
                    .parameters = {{"width", T::Real}},
                    .kinds = number_kinds,
                    .make = make_bucket,
                    .description = "The lower end of the bucket of this width that the number falls in"});
    rows.push_back({.name = "round_to",
                    .family = "numbers and times",
                    .parameters = {{"digits", T::Integer, nullptr, -36, 17}},
                    .kinds = number_kinds,
                    .make = make_round_to,
                    .description = "Rounded to so many digits behind the point; below zero to tens, hundreds, ..."});
    rows.push_back({.name = "date",
                    .family = "numbers and times",
                    .parameters = {{"part", T::Text}},
                    .kinds = clock_kinds,
                    .make = make_date,
                    .description = "The named parts stay, the others become those of 1900-01-01 00:00:00",
                    .source = "SQL Server datetime()",
                    .repeats = true});
    rows.push_back({.name = "generalize",
                    .family = "numbers and times",
                    .parameters = {{"width", T::Scalar}},
                    .kinds = number_kinds | clock_kinds | text_kinds,
                    .make = make_generalize,
                    .description =
                        "The start of the stretch that holds the value: a number's width, a date's 'month' or "
                        "'decade'; of a text with a number the stretch, [20,30)",
                    .source = "PostgreSQL Anonymizer generalize_*"});
}

static void add_keyed(std::vector<MaskRow> &rows)
{
    rows.push_back({.name = "noise",
                    .family = "numbers and times",
                    .parameters = {{"ratio", T::Real, nullptr, 0.001, 10}},
                    .kinds = number_kinds,
                    .make = make_noise,
                    .description = "The number give or take the ratio, never itself, the same for the same number",
                    .source = "PostgreSQL Anonymizer noise()",
                    .keyed = true});
    rows.push_back({.name = "date_shift",
                    .family = "numbers and times",
                    .parameters = {{"days", T::Integer, nullptr, 1, 1000000}},
                    .kinds = day_kinds,
                    .make = make_date_shift,
                    .description = "One to so many days earlier or later, the same for the same day",
                    .keyed = true});
    rows.push_back({.name = "hash",
                    .family = "keyed",
                    .parameters = {},
                    .kinds = hashed_kinds,
                    .make = make_hash,
                    .description = "HMAC-SHA-256, cut to what fits the column",
                    .source = "RFC 2104",
                    .keyed = true,
                    .hides_all = true});
    rows.push_back({.name = "token",
                    .family = "keyed",
                    .parameters = {{"length", T::Integer, "16", 4, 51}},
                    .kinds = text_kinds,
                    .make = make_token,
                    .description = "So many digits and letters of HMAC-SHA-256",
                    .keyed = true,
                    .hides_all = true});
    rows.push_back({.name = "fpe",
                    .family = "keyed",
                    .parameters = {{"alphabet", T::Text, "'digits'"}},
                    .kinds = set_of(Kind::Text, Kind::Integer),
                    .make = make_fpe,
                    .description = "Another text of the same length and alphabet; default() below a million such texts",
                    .source = "NIST SP 800-38G FF1",
                    .keyed = true});
    rows.push_back({.name = "fpe_pan",
                    .family = "keyed",
                    .parameters = {},
                    .kinds = text_kinds,
                    .make = make_fpe_pan,
                    .description = "Another card number with a valid check digit",
                    .source = "NIST SP 800-38G FF1",
                    .keyed = true});
    rows.push_back({.name = "pseudonym",
                    .family = "keyed",
                    .parameters = {{"dictionary", T::Dictionary}},
                    .kinds = text_kinds,
                    .make = make_pseudonym,
                    .description = "A word of the dictionary that the value picks",
                    .source = "PostgreSQL Anonymizer pseudo_*",
                    .keyed = true,
                    .hides_all = true});
    rows.push_back({.name = "md5",
                    .family = "keyed",
                    .parameters = {},
                    .kinds = set_of(Kind::Text, Kind::Uuid, Kind::Bytea),
                    .make = make_md5,
                    .description = "32 hexadecimal digits of HMAC-SHA-256, in the shape of an MD5",
                    .source = "Bytebase MD5 mask",
                    .keyed = true,
                    .hides_all = true});
}

static void add_structured(std::vector<MaskRow> &rows)
{
    rows.push_back({.name = "json",
                    .family = "structured",
                    .parameters = {{"path", T::Text}, {"masking", T::Call}},
                    .kinds = set_of(Kind::Json),
                    .make = make_json,
                    .description = "The mask at each place that the path finds; default() where none finds anything",
                    .repeats = true});
    rows.push_back({.name = "each",
                    .family = "structured",
                    .parameters = {{"masking", T::Call}},
                    .kinds = set_of(Kind::Array),
                    .make = nullptr,
                    .description = "The mask on each element of an array",
                    .effect = Effect::Each});
}

static void add_testing(std::vector<MaskRow> &rows)
{
    rows.push_back({.name = "identity",
                    .family = "testing and roll-out",
                    .parameters = {},
                    .kinds = every_kind,
                    .make = nullptr,
                    .description = "The stored value, through the whole masking path",
                    .effect = Effect::Identity});
}
// clang-format on

const std::vector<MaskRow> &mask_catalogue()
{
    static const std::vector<MaskRow> rows = [] {
        std::vector<MaskRow> all;
        add_by_type(all);
        add_text(all);
        add_formats(all);
        add_numbers(all);
        add_keyed(all);
        add_structured(all);
        add_testing(all);
        return all;
    }();
    return rows;
}

} // namespace ddm::core
