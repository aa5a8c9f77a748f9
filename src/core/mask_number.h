// Masks of numbers.
#pragma once

#include "core/decimal.h"
#include "core/mask_row.h"

namespace ddm::core
{

inline constexpr KindSet number_kinds = set_of(Kind::Integer, Kind::Float, Kind::Numeric);

// An integer or numeric value as a decimal; empty where it is none.
std::optional<Decimal> decimal_of(const Target &target, const Value &value);
// The answer as the target's kind: cut to its precision and scale, or Outcome::Default.
void answer_decimal(const Target &target, std::optional<Decimal> result, Output &out);

// Does the column hold the number as it is?
bool is_of_column(const Target &target, const Decimal &number);

void answer_float(double result, Output &out);

// One in the last digit that the column keeps; 0 of numeric without a precision.
double unit_of(const Target &target);

Status make_bucket(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
Status make_round_to(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
Status make_generalize(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
Status make_random(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);

} // namespace ddm::core
