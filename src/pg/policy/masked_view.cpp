// ddm.view_expression(relation, attnum): a column as a generated view shows it.
#include "pg/policy/named_policy.h"
#include "pg/base/ground.h"
#include "pg/policy/policy.h"
#include "pg/policy/relation_policy.h"
#include "pg/policy/settings.h"
#include "core/mask_sql.h"

#include <string>

namespace ddm
{

// malloc'd, so that no C++ object is alive when the server is called.
static char *expression_copy(const char *label, const core::ViewColumn &column, const core::NamedMask *named, int count)
{
    std::string out;
    return core::print_mask_sql(label, column, named, static_cast<size_t>(count), out) ? strdup(out.c_str()) : nullptr;
}

// Of each policy that the label's text names: read before core is asked, as nothing may raise then.
static core::NamedMask *named_masks(const ColumnPolicy *column, int *count)
{
    const MaskChoice *choice = column->choice;
    int most = choice ? choice->branch_count + 1 : 0;
    auto *named = static_cast<core::NamedMask *>(palloc0(sizeof(core::NamedMask) * (most + 1)));
    *count = 0;
    for (int i = 0; i < most; i++) {
        const ColumnPolicy *mask = i == 0 ? column : choice->branches[i - 1].mask;
        if (!mask->choice || !mask->choice->policy_name)
            continue;
        const char *text = named_policy_mask(mask->choice->policy_name);
        if (text)
            named[(*count)++] = {mask->choice->policy_name, text};
    }
    return named;
}

} // namespace ddm

using namespace ddm;

DDM_FUNCTION(ddm_view_expression)
{
    Oid relation = PG_GETARG_OID(0);
    AttrNumber attno = PG_GETARG_INT16(1);
    // Also while masks are not enforced: the view is for such times.
    const RelationPolicy *policy = policy_active() ? policy_whatever_mode(relation) : nullptr;
    const ColumnPolicy *column = policy && attno > 0 && attno <= policy->natts ? policy->columns[attno] : nullptr;
    if (!column || !column->label)
        PG_RETURN_NULL();

    const char *name = quote_identifier(NameStr(column->name));
    char *type = format_type_with_typemod(column->target.type, column->target.typmod);
    const char *already = psprintf("(SELECT ddm.shows_mask(%s::pg_catalog.regclass, %s))",
                                   quote_literal_cstr(quote_qualified_identifier(
                                       get_namespace_name(get_rel_namespace(relation)), get_rel_name(relation))),
                                   quote_literal_cstr(NameStr(column->name)));
    int count;
    core::NamedMask *named = named_masks(column, &count);
    char *copy = expression_copy(column->label, core::ViewColumn{name, type, already}, named, count);
    if (!copy)
        PG_RETURN_TEXT_P(cstring_to_text(psprintf("(ddm.\"default\"(%s))::%s", name, type)));
    Size size = VARHDRSZ + strlen(copy);
    text *result = static_cast<text *>(MemoryContextAllocExtended(CurrentMemoryContext, size, MCXT_ALLOC_NO_OOM));
    if (result) {
        SET_VARSIZE(result, size);
        memcpy(VARDATA(result), copy, size - VARHDRSZ);
    }
    free(copy);
    if (!result)
        ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
    PG_RETURN_TEXT_P(result);
}

// ddm.shows_mask(relation, column): does a statement of the current role read the column through its mask now? By
// its name, which is the same in a restored database. Only while masks are enforced, so that whoever asks in the
// wrong place sees no more than the table shows.
DDM_FUNCTION(ddm_shows_mask)
{
    Oid relation = PG_GETARG_OID(0);
    const RelationPolicy *policy =
        is_preloaded() && policy_active() && policy_mode == MODE_ENFORCE ? policy_of(relation) : nullptr;
    AttrNumber attno = policy ? get_attnum(relation, NameStr(*PG_GETARG_NAME(1))) : InvalidAttrNumber;
    PG_RETURN_BOOL(attno > 0 && policy_decide(policy, attno, GetUserId()).verdict == Verdict::Masked);
}
