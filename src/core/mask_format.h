// Masks of known formats. What is not in the format shows the format's empty form, and nothing of itself.
#pragma once

#include "core/mask_row.h"

namespace ddm::core
{

// A mask that is one function over the text.
using FormatFunction = void (*)(const Target &target, std::string_view text, Output &out) noexcept;

template <FormatFunction function> class FormatMask final : public Masker
{
  public:
    FormatMask(const Arguments &, const Target &target) : Masker(target) {}
    void apply(const Value &value, Output &out) const noexcept override { function(target, value.bytes, out); }
};

void mask_phone(const Target &, std::string_view text, Output &out) noexcept;
void mask_ssn(const Target &, std::string_view text, Output &out) noexcept;
void mask_pan(const Target &, std::string_view text, Output &out) noexcept;
void mask_pan_relaxed(const Target &, std::string_view text, Output &out) noexcept;
void mask_iban(const Target &, std::string_view text, Output &out) noexcept;
void mask_uk_nin(const Target &, std::string_view text, Output &out) noexcept;
void mask_canada_sin(const Target &, std::string_view text, Output &out) noexcept;
void mask_uuid(const Target &, std::string_view text, Output &out) noexcept;
void mask_url(const Target &, std::string_view text, Output &out) noexcept;
void mask_name(const Target &, std::string_view text, Output &out) noexcept;

// ip(prefix_length), of text and inet.
Status make_ip(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);

} // namespace ddm::core
