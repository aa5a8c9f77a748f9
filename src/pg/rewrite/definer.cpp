#include "pg/rewrite/definer.h"
#include "pg/code/stored_code.h"
#include "pg/rewrite/held_cursor.h"

extern "C" {
#include "catalog/pg_proc.h"
}

namespace ddm
{

static fmgr_hook_type prev_fmgr = nullptr;
uint32 definers_running = 0;

// What the hook keeps with a function that is looked up to be called.
struct Callee {
    bool by_definer;
    CodeCallee code;
    Datum next; // of the hook below
};

static bool runs_by_definer(Oid function)
{
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple))
        return false;
    const bool result = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple))->prosecdef;
    ReleaseSysCache(tuple);
    return result;
}

static Callee *callee_of(FmgrInfo *function, Datum *kept)
{
    auto *callee = reinterpret_cast<Callee *>(DatumGetPointer(*kept));

    if (!callee) {
        callee = static_cast<Callee *>(MemoryContextAllocZero(function->fn_mcxt, sizeof(Callee)));
        callee->by_definer = runs_by_definer(function->fn_oid);
        *kept = PointerGetDatum(callee);
    }
    return callee;
}

// The server asks for functions with SECURITY DEFINER or SET anyway, once it has taken on the definer's identity, and
// again when it has given that back, unless there was an error.
static void ddm_fmgr(FmgrHookEventType event, FmgrInfo *function, Datum *kept)
{
    Callee *callee = callee_of(function, kept);

    if (event == FHET_START) {
        stored_code_starts(function->fn_oid, &callee->code, function->fn_mcxt);
        definers_running += callee->by_definer ? 1 : 0;
    }
    if (prev_fmgr)
        prev_fmgr(event, function, &callee->next);
    if (event == FHET_START)
        return;
    stored_code_ends(&callee->code, event == FHET_ABORT);
    definers_running -= callee->by_definer ? 1 : 0;
    if (event == FHET_END)
        held_cursors_check();
    else
        held_cursors_shut();
}

void definer_install()
{
    prev_fmgr = fmgr_hook;
    fmgr_hook = ddm_fmgr;
}

} // namespace ddm
