// Masks of numbers, dates and times.
#pragma once

#include "core/decimal.h"
#include "core/mask_row.h"

namespace ddm::core
{

inline constexpr KindSet number_kinds = set_of(Kind::Integer, Kind::Float, Kind::Numeric);
inline constexpr KindSet day_kinds = set_of(Kind::Date, Kind::Timestamp, Kind::TimestampTz);

// An integer or numeric value as a decimal; empty where it is none.
std::optional<Decimal> decimal_of(const Target &target, const Value &value);
// The answer as the target's kind: cut to its precision and scale, or Outcome::Default.
void answer_decimal(const Target &target, std::optional<Decimal> result, Output &out);

Status make_bucket(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
Status make_round_to(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
Status make_generalize(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
Status make_date(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
Status make_random(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);

} // namespace ddm::core
