#include "pg/code/stored_code.h"
#include "pg/code/code_names.h"
#include "pg/code/code_parsed.h"
#include "pg/code/compiled_code.h"
#include "pg/code/index_code.h"
#include "pg/code/known_code.h"
#include "pg/code/range_code.h"
#include "pg/code/strangers.h"
#include "pg/policy/fixed_settings.h"
#include "pg/policy/policy.h"
#include "pg/policy/roles.h"

extern "C" {
#include "catalog/namespace.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "miscadmin.h"
#include "parser/parsetree.h"
#include "access/transam.h"
#include "utils/guc.h"
}

namespace ddm
{

static uint64 schema_changes = 0; // of their owners and privileges
static needs_fmgr_hook_type prev_needs_fmgr = nullptr;
const CodeCall *stored_code_running = nullptr;

static void schema_changed(Datum, int, uint32) { schema_changes++; }

static const CodeFinding *running_finding() { return stored_code_running ? stored_code_running->finding : nullptr; }

static uint64 number_of(const CodeFinding *finding) { return finding ? finding->number : 0; }

static uint64 finding_stamp()
{
    return policy_stamp() + policy_state.memberships + schema_changes + known_code_changes();
}

static bool is_current(const CodeCallee *callee)
{
    return callee->found_under && callee->stamp == finding_stamp() && callee->context == decision_context() &&
           callee->role == GetUserId() && callee->outer_role == GetOuterUserId() &&
           callee->within == number_of(running_finding()) && callee->temporary == has_temporary_schema() &&
           strcmp(callee->found_under, namespace_search_path) == 0;
}

static void look(Oid function, CodeCallee *callee, MemoryContext memory)
{
    look_at_domains();
    MemoryContext old = MemoryContextSwitchTo(memory);
    callee->finding = find_in_code(function, running_finding());
    callee->within = number_of(running_finding());
    callee->stamp = finding_stamp();
    callee->context = decision_context();
    callee->role = GetUserId();
    callee->outer_role = GetOuterUserId();
    callee->temporary = has_temporary_schema();
    callee->found_under = pstrdup(namespace_search_path);
    MemoryContextSwitchTo(old);
}

// What is being looked at: that may load policy, which calls functions of types.
struct Look {
    Oid function;
    const Look *outer;
};
static const Look *looks = nullptr;

static void look_once(Oid function, CodeCallee *callee, MemoryContext memory)
{
    const Look here = {function, looks};

    check_stack_depth();
    looks = &here;
    PG_TRY();
    {
        look(function, callee, memory);
    }
    PG_FINALLY();
    {
        looks = here.outer;
    }
    PG_END_TRY();
}

static bool is_looked_at(Oid function)
{
    for (const Look *at = looks; at; at = at->outer)
        if (at->function == function)
            return true;
    return false;
}

static bool is_compiled(Oid function)
{
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    const Oid language =
        HeapTupleIsValid(tuple) ? reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple))->prolang : InvalidOid;

    if (HeapTupleIsValid(tuple))
        ReleaseSysCache(tuple);
    return language == INTERNALlanguageId || language == ClanguageId;
}

static void learn(Oid function, CodeCallee *callee, MemoryContext memory)
{
    if (is_looked_at(function) && is_compiled(function)) {
        callee->finding = const_cast<CodeFinding *>(running_finding());
        callee->found_under = nullptr;
    } else {
        look_once(function, callee, memory);
    }
}

void stored_code_starts(Oid function, CodeCallee *callee, MemoryContext memory)
{
    if (!is_current(callee))
        learn(function, callee, memory);
    MemoryContext old = MemoryContextSwitchTo(memory);
    auto *call = static_cast<CodeCall *>(palloc(sizeof(CodeCall)));
    *call = {callee->finding, stored_code_running, 0, false};
    callee->calls = lcons(call, callee->calls);
    MemoryContextSwitchTo(old);
    stored_code_running = call;
    if (call->finding && call->finding->path)
        call->settings = fix_search_path(call->finding->path);
    if (call->finding)
        compile_for_code(function, call->finding);
}

// The server has taken ours back with its own by then where the function has settings, and does where it failed.
static void follow_no_more(int settings)
{
    const int next = NewGUCNestLevel();

    AtEOXact_GUC(true, Min(next, settings));
}

void stored_code_ends(CodeCallee *callee, bool failed)
{
    auto *call = static_cast<CodeCall *>(linitial(callee->calls));

    callee->calls = list_delete_first(callee->calls);
    stored_code_running = call->outer;
    if (call->settings && !failed)
        follow_no_more(call->settings);
    pfree(call);
}

void stored_code_asks(CodeCall *call, Oid writer)
{
    *call = {OidIsValid(writer) ? finding_of_writer(writer) : nullptr, stored_code_running, 0, true};
    stored_code_running = call;
}

void stored_code_asked(const CodeCall *call) { stored_code_running = call->outer; }

void check_called_by_code(Oid function)
{
    const CodeFinding *finding = running_finding();
    const bool asked = finding && !stored_code_running->asks && function >= FirstNormalObjectId;
    const Oid owner = asked ? function_owner(function) : InvalidOid;

    if (OidIsValid(owner) && is_stranger(owner, finding))
        ereport(
            ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
            errmsg("permission denied to call function \"%s\" with stored values of masked columns",
                   get_func_name(function)),
            finding->as_writer
                ? errdetail("It belongs to role \"%s\", and the check of a domain would run it with another's rights.",
                            GetUserNameFromId(owner, true))
                : errdetail("It belongs to role \"%s\", who sees masks, and code over the table called it.",
                            GetUserNameFromId(owner, true)),
            errhint("If it is meant, give it to the owner of the table; else give the code that calls it a "
                    "search_path of its own."));
}

void check_read_by_code(const PlannedStmt *statement)
{
    const CodeFinding *finding = running_finding();
    ListCell *cell;

    if (!finding)
        return;
    foreach (cell, statement->rtable)
        check_relation_found(lfirst_node(RangeTblEntry, cell)->relid, finding);
#if DDM_HAS_PERMINFO
    foreach (cell, statement->permInfos) // views too
        check_relation_found(lfirst_node(RTEPermissionInfo, cell)->relid, finding);
#endif
    foreach (cell, statement->resultRelations)
        check_relation_written(rt_fetch(lfirst_int(cell), statement->rtable)->relid, finding);
}

static bool needs_fmgr(Oid function)
{
    index_code_in_worker();
    return (prev_needs_fmgr && prev_needs_fmgr(function)) || is_known_code(function) ||
           running_finding() || // which is called, and not made part of a plan
           is_range_code(function);
}

void stored_code_install()
{
    CacheRegisterSyscacheCallback(NAMESPACEOID, schema_changed, 0);
    prev_needs_fmgr = needs_fmgr_hook;
    needs_fmgr_hook = needs_fmgr;
    code_parsed_install();
}

} // namespace ddm
