// default(): what stands for a value of each type.
#include "core/mask_row.h"

namespace ddm::core
{

std::string_view default_literal(Kind kind) noexcept
{
    switch (kind) {
    case Kind::Text:
        return "XXXX";
    case Kind::Integer:
    case Kind::Float:
    case Kind::Numeric:
        return "0";
    case Kind::Boolean:
        return "false";
    case Kind::Date:
    case Kind::Timestamp:
    case Kind::TimestampTz:
        return "1900-01-01";
    case Kind::Time:
        return "00:00:00";
    case Kind::Interval:
        return "0";
    case Kind::Uuid:
        return "00000000-0000-0000-0000-000000000000";
    case Kind::Bytea:
        return "\\x00";
    case Kind::Json:
        return "null";
    case Kind::Inet:
        return "0.0.0.0";
    case Kind::Range:
        return "empty";
    case Kind::Array:
        return "{}";
    case Kind::Enum:
    case Kind::Other:
        return {};
    }
    return {};
}

void run_default_text(const Target &target, Output &out) noexcept
{
    (void)guarded([&]() -> Status {
        out.append(default_literal(Kind::Text));
        fit_text(target, out);
        return Status::ok();
    });
}

} // namespace ddm::core
