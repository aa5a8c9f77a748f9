// Masks that show a part of a text.
#pragma once

#include "core/mask_row.h"

namespace ddm::core
{

// The first `prefix` characters, the padding, the last `suffix` characters; the padding alone where the value has
// not more than prefix + suffix characters. SQL Server's partial().
class PartialMask final : public Masker
{
  public:
    PartialMask(const Arguments &arguments, const Target &target);
    void apply(const Value &value, Output &out) const noexcept override;
    size_t capacity(size_t input) const noexcept override;

  private:
    const size_t prefix;
    const std::string padding;
    const size_t suffix;
};

// The first character, ***, @ and the domain; XXXX for what has no single @ with something on both sides.
class EmailMask final : public Masker
{
  public:
    EmailMask(const Arguments &, const Target &target) : Masker(target) {}
    void apply(const Value &value, Output &out) const noexcept override;
    size_t capacity(size_t input) const noexcept override { return input + 16; }
};

// mask_margins.cpp
Status make_inner(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
Status make_outer(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
Status make_range(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
// mask_regexp.cpp
Status make_regexp(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);

} // namespace ddm::core
