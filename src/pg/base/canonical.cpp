// ddm.canonical(text, kind): the canonical text of a label, a mask, tags or a condition, for the export of the policy.
#include "pg/base/pg.h"
#include "pg/base/report.h"
#include "core/cel.h"
#include "core/label.h"

#include <string>

extern "C" {
#include "mb/pg_wchar.h"
}

namespace ddm
{

static core::Status print_canonical(const char *given, const char *kind, std::string &out)
{
    core::Status status;
    if (strcmp(kind, "tags") == 0) {
        core::Tags tags;
        status = core::parse_tags(given, tags);
        return status ? core::print_tags(tags, out) : status;
    }
    if (strcmp(kind, "condition") == 0) {
        core::Condition *condition = nullptr;
        status = core::compile_condition(given, core::ConditionScope::Exemption, GetDatabaseEncoding() == PG_UTF8,
                                         &condition);
        if (status)
            status = core::print_condition(condition, out);
        core::free_condition(condition);
        return status;
    }
    core::Label label;
    if (strcmp(kind, "label") == 0)
        status = core::parse_label(given, label);
    else
        status = core::parse_policy_mask(given, true, label);
    return status ? core::print_label(label, out) : status;
}

// Answers malloc'd memory, so that no C++ object is alive when the server is called; nullptr where `given` can't
// be read or memory is short.
static char *canonical_copy(const char *given, const char *kind)
{
    std::string out;
    return print_canonical(given, kind, out) ? strdup(out.c_str()) : nullptr;
}

} // namespace ddm

// What can't be read is answered as it is: the export shows what there is.
DDM_FUNCTION(ddm_canonical)
{
    char *given = text_to_cstring(PG_GETARG_TEXT_PP(0));
    char *kind = text_to_cstring(PG_GETARG_TEXT_PP(1));
    char *copy = ddm::canonical_copy(given, kind);
    if (!copy)
        PG_RETURN_DATUM(PG_GETARG_DATUM(0));
    text *result = static_cast<text *>(
        MemoryContextAllocExtended(CurrentMemoryContext, VARHDRSZ + strlen(copy), MCXT_ALLOC_NO_OOM));
    if (result) {
        SET_VARSIZE(result, VARHDRSZ + strlen(copy));
        memcpy(VARDATA(result), copy, strlen(copy));
    }
    free(copy);
    if (!result)
        ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
    PG_RETURN_TEXT_P(result);
}
