// Domains of masked columns: does a mask's result satisfy their checks?
//
// A read of the column asks, where without masks none would: so that whoever wrote a check, or a function that it calls, does
// not get his code run with the rights of whoever reads, that one is who asks; where they are several, who can do least, for
// the one chooses what the other's function is given. Nor does the reader get code of his run with that one's rights:
// nothing that the check finds by its names may be his (stored_code.cpp).
#include "pg/mask/mask_type.h"
#include "pg/base/tree.h"
#include "pg/code/stored_code.h"
#include "pg/errors/errors.h"
#include "pg/mask/domain_checks.h"
#include "pg/policy/policy.h"
#include "pg/policy/roles.h"

extern "C" {
#include "access/parallel.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "utils/acl.h"
#include "utils/guc.h"
#include "utils/snapmgr.h"
}

namespace ddm
{

struct DomainChecks {
    Oid domain;
    int16 length;
    MemoryContext memory; // what follows is there, and is read anew when it may have changed
    uint64 stamp;
    Oid reader; // for whom it was read
    WrittenChecks written;
    Oid writer;        // whose rights the others have too, whose domain or function it is; InvalidOid: only superusers'
    bool many_writers; // there is no such one
    bool serial;       // not all of them may run in a parallel plan
    bool planned;
    List *states;
    ExprContext *econtext;
};

static void add_writer(DomainChecks *checks, Oid role)
{
    if (!OidIsValid(checks->writer) || has_privs_of_role(checks->writer, role))
        checks->writer = role;
    else
        checks->many_writers |= !has_privs_of_role(role, checks->writer);
}

// What a superuser wrote runs as whoever reads, as in every cast to the domain: with his own rights it would be at the mercy of
// who chooses the value.
static void add_writer_but_superuser(DomainChecks *checks, Oid role)
{
    if (!superuser_arg(role))
        add_writer(checks, role);
}

static bool add_writer_of_function(Oid function, void *context)
{
    if (get_func_namespace(function) != PG_CATALOG_NAMESPACE)
        add_writer_but_superuser(static_cast<DomainChecks *>(context), function_owner(function));
    return false;
}

static bool find_writers(Node *node, void *context)
{
    if (!node)
        return false;
    if (IsA(node, CoerceToDomain)) // whose checks are somebody's too
        static_cast<DomainChecks *>(context)->many_writers = true;
    check_functions_in_node(node, add_writer_of_function, context);
    return walk_expression(node, find_writers, context);
}

static bool is_unsafe(Oid function, void *) { return func_parallel(function) != PROPARALLEL_SAFE; }

static bool finds_unsafe(Node *node, void *context)
{
    if (!node)
        return false;
    return (IsA(node, CoerceToDomain) && mask_domain_is_serial(reinterpret_cast<CoerceToDomain *>(node)->resulttype)) ||
           check_functions_in_node(node, is_unsafe, nullptr) || walk_expression(node, finds_unsafe, context);
}

static bool any_unsafe(const List *expressions)
{
    ListCell *cell;

    foreach (cell, expressions)
        if (finds_unsafe(static_cast<Node *>(lfirst(cell)), nullptr))
            return true;
    return false;
}

static void learn_writers(DomainChecks *checks)
{
    ListCell *cell;

    checks->writer = InvalidOid;
    checks->many_writers = false;
    foreach (cell, checks->written.expressions)
        find_writers(static_cast<Node *>(lfirst(cell)), checks);
    foreach (cell, checks->written.owners)
        add_writer_but_superuser(checks, lfirst_oid(cell));
}

bool mask_domain_is_serial(Oid type)
{
    if (getBaseType(type) == type || !domain_has_checks(type))
        return false;
    MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "ddm domain of a mask", ALLOCSET_SMALL_SIZES);
    MemoryContext old = MemoryContextSwitchTo(context);
    WrittenChecks written;

    read_domain_checks(type, &written);
    const bool result = any_unsafe(written.expressions);
    MemoryContextSwitchTo(old);
    MemoryContextDelete(context);
    return result;
}

struct Asking {
    Oid user;
    int context;
    int settings;
    CodeCall call;
};

static void ask_as(Oid writer, Asking *asking)
{
    GetUserIdAndSecContext(&asking->user, &asking->context);
    const bool other = OidIsValid(writer) && writer != asking->user;
    stored_code_asks(&asking->call, other ? writer : InvalidOid);
    if (other)
        SetUserIdAndSecContext(writer, asking->context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
    asking->settings = NewGUCNestLevel();
}

static void ask_no_more(const Asking *asking)
{
    AtEOXact_GUC(false, asking->settings); // what the check set is nothing that whoever reads should run under
    stored_code_asked(&asking->call);
    SetUserIdAndSecContext(asking->user, asking->context);
}

// What a check runs may need to know what is masked in a table that has such a domain, the one that is being read
// foremost, and finding out asks the checks: without end, if they were.
struct AskedDomain {
    Oid domain;
    const AskedDomain *outer;
};
static const AskedDomain *asked_domain = nullptr;
static uint64 unasked = 0;

uint64 mask_domain_unasked() { return unasked; }

static bool is_being_asked(Oid domain)
{
    for (const AskedDomain *asked = asked_domain; asked; asked = asked->outer)
        if (asked->domain == domain)
            return true;
    return false;
}

DomainChecks *mask_domain_checks(Oid domain, MemoryContext context)
{
    auto *checks = static_cast<DomainChecks *>(MemoryContextAllocZero(context, sizeof(DomainChecks)));

    checks->domain = domain;
    checks->length = get_typlen(domain);
    checks->memory = AllocSetContextCreate(context, "ddm domain's checks", ALLOCSET_SMALL_SIZES);
    return checks;
}

static uint64 stamp_of_checks() { return domain_checks_stamp() + policy_state.memberships; }

static bool is_current(const DomainChecks *checks)
{
    return checks->stamp == stamp_of_checks() && checks->reader == GetUserId();
}

static void read_checks(DomainChecks *checks)
{
    const uint64 stamp = stamp_of_checks();

    checks->stamp = 0;
    MemoryContextReset(checks->memory);
    MemoryContext old = MemoryContextSwitchTo(checks->memory);
    read_domain_checks(checks->domain, &checks->written);
    learn_writers(checks);
    checks->serial = any_unsafe(checks->written.expressions);
    checks->planned = false;
    checks->econtext = CreateStandaloneExprContext();
    MemoryContextSwitchTo(old);
    checks->reader = GetUserId();
    checks->stamp = stamp;
}

// What can be computed beforehand is, and who may not call a function is refused.
static void plan_checks(DomainChecks *checks)
{
    MemoryContext old = MemoryContextSwitchTo(checks->memory);
    ListCell *cell;

    checks->states = NIL;
    foreach (cell, checks->written.expressions)
        checks->states =
            lappend(checks->states, ExecInitExpr(expression_planner(static_cast<Expr *>(lfirst(cell))), nullptr));
    checks->planned = true;
    MemoryContextSwitchTo(old);
}

static bool is_still_writer(const DomainChecks *checks)
{
    DomainChecks now = {};

    now.written = checks->written;
    learn_writers(&now);
    return now.writer == checks->writer && !now.many_writers;
}

static bool admits(const DomainChecks *checks, Datum value, bool is_null)
{
    ListCell *cell;

    if (is_null && checks->written.not_null)
        return false;
    foreach (cell, checks->states) {
        checks->econtext->domainValue_datum = MakeExpandedObjectReadOnly(value, is_null, checks->length);
        checks->econtext->domainValue_isNull = is_null;
        if (!ExecCheck(static_cast<ExprState *>(lfirst(cell)), checks->econtext))
            return false;
    }
    return true;
}

// *settled: who was asked is still the writer once there are plans, which read what became of the functions.
static bool admits_as_writer(DomainChecks *checks, Datum value, bool is_null, bool *settled)
{
    const AskedDomain domain = {checks->domain, asked_domain};
    Asking asking;
    volatile bool result = false;

    ask_as(checks->writer, &asking);
    asked_domain = &domain;
    PG_TRY();
    {
        *settled = checks->planned;
        if (!checks->planned) {
            plan_checks(checks);
            *settled = is_still_writer(checks);
        }
        result = *settled && admits(checks, value, is_null);
    }
    PG_FINALLY();
    {
        asked_domain = domain.outer;
        ask_no_more(&asking);
    }
    PG_END_TRY();
    return result;
}

// Not where a statement ends, nor while the same domain's checks are being asked.
static bool may_ask(const DomainChecks *checks)
{
    return !errors_deciding() && ActiveSnapshotSet() && !is_being_asked(checks->domain);
}

// False, and with it a default, where the checks' writer changes all the time, or where nobody may be asked now.
bool mask_domain_admits(DomainChecks *checks, Datum value, bool is_null)
{
    const bool asks = may_ask(checks);
    bool result = false;
    bool settled = false;

    if (asks && !is_current(checks))
        read_checks(checks);
    if (!asks || (checks->serial && IsParallelWorker())) {
        unasked++;
        return false;
    }
    for (int turn = 0; turn < 3 && !settled && !checks->many_writers; turn++) { // nobody may ask for many
        if (turn > 0)
            read_checks(checks);
        result = admits_as_writer(checks, value, is_null, &settled);
    }
    ResetExprContext(checks->econtext);
    return result;
}

} // namespace ddm
