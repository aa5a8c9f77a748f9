// The catalogue of masks: a row each. Adding a mask is a row here, its class, its test and a line in doc/masks.md.
#include "core/mask_row.h"
#include "core/mask_text.h"

namespace ddm::core
{

using T = Parameter::Type;

static constexpr KindSet text_kinds = set_of(Kind::Text);
static constexpr double many = 1000000; // characters

const std::vector<MaskRow> &mask_catalogue()
{
    static const std::vector<MaskRow> rows = {
        // by type
        {.name = "default", .family = "by type", .parameters = {}, .kinds = every_kind, .make = nullptr,
         .description = "A fixed value of the column's type: XXXX, 0, 1900-01-01, false, ...",
         .source = "SQL Server default()", .effect = Effect::Default},
        {.name = "nullify", .family = "by type", .parameters = {}, .kinds = every_kind, .make = nullptr,
         .description = "NULL", .source = "Oracle NULLIFY", .effect = Effect::Null},
        {.name = "full", .family = "by type", .parameters = {{"substitute", T::Literal}}, .kinds = every_kind,
         .make = nullptr, .description = "The substitute for every value", .source = "Bytebase full mask",
         .effect = Effect::Constant},
        // text
        {.name = "partial", .family = "text",
         .parameters = {{"prefix", T::Integer, nullptr, 0, many}, {"padding", T::Text},
                        {"suffix", T::Integer, nullptr, 0, many}},
         .kinds = text_kinds, .make = make<PartialMask>,
         .description = "The first and last characters with the padding between; the padding alone for short values",
         .source = "SQL Server partial()"},
        {.name = "email", .family = "text", .parameters = {}, .kinds = text_kinds, .make = make<EmailMask>,
         .description = "The first character, ***, @ and the domain; XXXX for what is no address",
         .source = "ddm"},
        // testing and roll-out
        {.name = "identity", .family = "testing", .parameters = {}, .kinds = every_kind, .make = nullptr,
         .description = "The stored value, through the whole masking path", .effect = Effect::Identity},
    };
    return rows;
}

} // namespace ddm::core
