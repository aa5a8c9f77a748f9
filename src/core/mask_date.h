// Masks of dates and times. Of timestamptz they are given, and answer, the session's local time.
#pragma once

#include "core/mask_row.h"

namespace ddm::core
{

inline constexpr KindSet day_kinds = set_of(Kind::Date, Kind::Timestamp, Kind::TimestampTz);
inline constexpr KindSet clock_kinds = day_kinds | set_of(Kind::Time);

class ClockMask : public Masker
{
  public:
    using Masker::Masker;
    bool wants_local_time() const noexcept override { return target.kind == Kind::TimestampTz; }
};

Status make_date(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);
// generalize() of dates and times.
Status make_truncate(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);

} // namespace ddm::core
