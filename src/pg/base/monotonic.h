// A clock that nobody sets: for waits, which the wall clock would make endless when it goes back.
#pragma once

#include "pg/base/pg.h"

extern "C" {
#include "portability/instr_time.h"
}

namespace ddm
{

// The same for every process of the machine.
inline int64 monotonic_ms()
{
    instr_time now;
    INSTR_TIME_SET_CURRENT(now);
    return static_cast<int64>(INSTR_TIME_GET_MILLISEC(now));
}

} // namespace ddm
