// Test aids.
#include "pg/debug_settings.h"
#include "pg/audit/setting_events.h"
#include "pg/label/label_store.h"
#include "pg/policy/policy_state.h"

extern "C" {
#include "parser/parse_func.h"
#include "utils/varlena.h"
}

namespace ddm
{

enum MaskEverything { MASK_NOTHING, MASK_IDENTITY, MASK_CALL };

static int mask_everything = MASK_NOTHING;
static char *skip_relation = nullptr;

static const config_enum_entry everything[] = {
    {"off", MASK_NOTHING, false},
    {"identity", MASK_IDENTITY, false},
    {"call", MASK_CALL, false},
    {nullptr, 0, false},
};

static void assign_everything(int, void *)
{
    policy_stale();
    setting_touched();
}

void debug_settings_install()
{
    DefineCustomEnumVariable(
        "ddm.debug_mask_everything", "Test aid: puts a mask that changes nothing on every column of every table.",
        "identity leaves a plain column reference, call a function that returns its "
        "argument. Superusers and owners are masked too, and what follows from masks "
        "(withheld errors, hidden statistics, derived masks) is left out.",
        &mask_everything, MASK_NOTHING, everything, PGC_SUSET, GUC_NOT_IN_SAMPLE, nullptr, assign_everything, nullptr);
    DefineCustomStringVariable(
        "ddm.debug_skip_relation", "Test aid: the rewriter overlooks this relation, and statements over it fail.",
        nullptr, &skip_relation, "", PGC_SUSET, GUC_NOT_IN_SAMPLE, nullptr, setting_touched_text, nullptr);
}

bool debug_masks_everything() { return mask_everything != MASK_NOTHING; }

void debug_masks(RelationPolicy *policy, Oid member)
{
    if (!debug_masks_everything() || member != policy->relation)
        return;
    for (AttrNumber attno = 1; attno <= policy->natts; attno++) {
        auto *column = zeroed<ColumnPolicy>();

        if (policy->columns[attno] || !column_target(member, attno, &column->target, &column->name))
            continue;
        column->attno = attno;
        column->source = MaskSource::Test;
        column->text = "FUNCTION identity()";
        column->why = "ddm.debug_mask_everything";
        policy->columns[attno] = column;
    }
}

bool debug_is_only_mask(const RelationPolicy *policy, AttrNumber attno)
{
    return policy->columns[attno] && policy->columns[attno]->source == MaskSource::Test;
}

Expr *debug_mask_expression(const ColumnPolicy *column, Index varno)
{
    const MaskTarget &target = column->target;
    auto *value = reinterpret_cast<Expr *>(
        makeVar(static_cast<int>(varno), column->attno, target.type, target.typmod, target.collation, 0));
    if (mask_everything != MASK_CALL)
        return value;
    Oid arguments[1] = {ANYELEMENTOID};
    Oid function =
        LookupFuncName(list_make2(makeString(pstrdup("ddm")), makeString(pstrdup("debug_call"))), 1, arguments, false);
    auto *call = reinterpret_cast<Expr *>(makeFuncExpr(function, target.type, list_make1(value), target.collation,
                                                       target.collation, COERCE_EXPLICIT_CALL));
    return target.typmod == -1 ? call
                               : reinterpret_cast<Expr *>(makeRelabelType(call, target.type, target.typmod,
                                                                          target.collation, COERCE_IMPLICIT_CAST));
}

bool debug_skips(Oid relation)
{
    if (!skip_relation || !*skip_relation)
        return false;
    return RangeVarGetRelid(makeRangeVarFromNameList(textToQualifiedNameList(cstring_to_text(skip_relation))), NoLock,
                            true) == relation;
}

} // namespace ddm

DDM_FUNCTION(ddm_debug_call) { PG_RETURN_DATUM(PG_GETARG_DATUM(0)); }
