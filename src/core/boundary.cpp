#include "core/boundary.h"

#include <new>
#include <stdexcept>

namespace ddm::core
{

static Status throw_it(std::string_view what)
{
    if (what == "exception")
        throw std::runtime_error("thrown inside core, as asked");
    if (what == "memory")
        throw std::bad_alloc();
    if (what == "other")
        throw 42;
    return Status::error(Code::Unknown, "unknown kind of failure", 0, what.size(),
                         "Use 'exception', 'memory' or 'other'.");
}

Status throw_inside(std::string_view what) noexcept
{
    return guarded([&] { return throw_it(what); });
}

} // namespace ddm::core
