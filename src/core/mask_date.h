// Masks of dates and times. Those of timestamptz work in UTC: in the session's zone, which is the client's to move, a
// value would tell by the zone in which it crosses the edge of a part what is hidden of it.
#pragma once

#include "core/mask_row.h"

namespace ddm::core
{

inline constexpr KindSet day_kinds = set_of(Kind::Date, Kind::Timestamp, Kind::TimestampTz);
inline constexpr KindSet clock_kinds = day_kinds | set_of(Kind::Time);

Status make_date(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
// generalize() of dates and times.
Status make_truncate(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);

} // namespace ddm::core
