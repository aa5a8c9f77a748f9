// Core answers a status; this file raises it. A slice is quoted only from what the user typed as policy.
#include "pg/base/report.h"

extern "C" {
#include "mb/pg_wchar.h"
}

namespace ddm
{

int sqlstate_of(core::Code code)
{
    switch (code) {
    case core::Code::Ok:
        return ERRCODE_SUCCESSFUL_COMPLETION;
    case core::Code::Syntax:
        return ERRCODE_SYNTAX_ERROR;
    case core::Code::Unknown:
        return ERRCODE_UNDEFINED_OBJECT;
    case core::Code::Arity:
    case core::Code::Value:
        return ERRCODE_INVALID_PARAMETER_VALUE;
    case core::Code::Type:
        return ERRCODE_DATATYPE_MISMATCH;
    case core::Code::Unsupported:
        return ERRCODE_FEATURE_NOT_SUPPORTED;
    case core::Code::Internal:
        return ERRCODE_INTERNAL_ERROR;
    }
    return ERRCODE_INTERNAL_ERROR;
}

void report(const core::Status &status, const char *what, const char *input)
{
    size_t size = strlen(input);
    size_t at = Min(status.position, size);
    size_t length = Min(status.length, size - at);
    int character = pg_mbstrlen_with_len(input, static_cast<int>(at)) + 1;
    char *slice = pnstrdup(input + at, length);

    if (status.code == core::Code::Internal) // not the input's fault
        ereport(ERROR, errcode(ERRCODE_INTERNAL_ERROR), errmsg("masking core failed: %s", status.message));
    ereport(ERROR, errcode(sqlstate_of(status.code)), errmsg("invalid %s: %s", what, status.message),
            length > 0 ? errdetail("At \"%s\", character %d of the %s.", slice, character, what)
            : size > 0 ? errdetail("At character %d of the %s.", character, what)
                       : errdetail("The %s is empty.", what),
            status.hint[0] ? errhint("%s", status.hint)
                           : errhint("See \"%s\" in the documentation for how it is written.", what));
    pg_unreachable();
}

} // namespace ddm
