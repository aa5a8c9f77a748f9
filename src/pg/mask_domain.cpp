// Domains of masked columns: does a mask's result satisfy their checks?
//
// A read of the column asks, where without masks none would: so that whoever wrote a check, or a function that it calls, does
// not get his code run with the rights of whoever reads, that one is who asks; where they are several, who can do least, for
// the one chooses what the other's function is given. Nor does the reader get code of his run with that one's rights:
// nothing that the check finds by its names may be his (stored_code.cpp).
#include "pg/mask_type.h"
#include "pg/errors.h"
#include "pg/roles.h"
#include "pg/stored_code.h"
#include "pg/tree.h"

extern "C" {
#include "access/parallel.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/typcache.h"
}

namespace ddm
{

struct DomainChecks {
    DomainConstraintRef constraints;
    const List *known; // for which what follows was found out
    Oid writer; // whose rights the others have too, whose domain or function it is; InvalidOid: only the server's
    bool many_writers; // there is no such one
    bool serial;       // not all of them may run in a parallel plan
    ExprContext *econtext;
    int16 length;
};

static void add_writer(DomainChecks *checks, Oid role)
{
    if (!OidIsValid(checks->writer) || has_privs_of_role(checks->writer, role))
        checks->writer = role;
    else
        checks->many_writers |= !has_privs_of_role(role, checks->writer);
}

static bool add_writer_of_function(Oid function, void *context)
{
    if (get_func_namespace(function) != PG_CATALOG_NAMESPACE)
        add_writer(static_cast<DomainChecks *>(context), function_owner(function));
    return false;
}

// What a superuser wrote of the server's functions alone may run as whoever reads.
static Oid add_writer_of_domain(DomainChecks *checks, Oid domain)
{
    HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(domain));

    if (!HeapTupleIsValid(tuple))
        return InvalidOid;
    const auto *row = reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple));
    const Oid owner = row->typowner;
    const Oid below = row->typbasetype;
    ReleaseSysCache(tuple);
    if (OidIsValid(below) && !superuser_arg(owner))
        add_writer(checks, owner);
    return below;
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

static Node *check_of(const ListCell *cell)
{
    return reinterpret_cast<Node *>(static_cast<DomainConstraintState *>(lfirst(cell))->check_expr);
}

static bool any_unsafe(const List *constraints)
{
    ListCell *cell;

    foreach (cell, constraints)
        if (finds_unsafe(check_of(cell), nullptr))
            return true;
    return false;
}

static void learn_writers(DomainChecks *checks, const DomainConstraintRef *reference)
{
    const List *constraints = reference->constraints;
    ListCell *cell;

    checks->known = constraints;
    checks->writer = InvalidOid;
    checks->many_writers = false;
    checks->serial = any_unsafe(constraints);
    foreach (cell, constraints)
        find_writers(check_of(cell), checks);
    for (Oid type = reference->tcache->type_id; OidIsValid(type) && constraints != NIL;)
        type = add_writer_of_domain(checks, type);
}

bool mask_domain_is_serial(Oid type)
{
    if (getBaseType(type) == type || !DomainHasConstraints(type))
        return false;
    MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "ddm domain of a mask", ALLOCSET_SMALL_SIZES);
    MemoryContext old = MemoryContextSwitchTo(context);
    auto *constraints = zeroed<DomainConstraintRef>();
    InitDomainConstraintRef(type, constraints, context, false);
    const bool result = any_unsafe(constraints->constraints);
    MemoryContextSwitchTo(old);
    MemoryContextDelete(context);
    return result;
}

struct Asking {
    Oid user;
    int context;
    CodeCall call;
};

static void ask_as(Oid writer, Asking *asking)
{
    GetUserIdAndSecContext(&asking->user, &asking->context);
    const bool other = OidIsValid(writer) && writer != asking->user;
    stored_code_asks(&asking->call, other ? writer : InvalidOid);
    if (other)
        SetUserIdAndSecContext(writer, asking->context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
}

static void ask_no_more(const Asking *asking)
{
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
    MemoryContext old = MemoryContextSwitchTo(context);
    auto *checks = zeroed<DomainChecks>();

    // One of its own: a reference is registered with its context, and only once.
    auto *looked_at = zeroed<DomainConstraintRef>();
    InitDomainConstraintRef(domain, looked_at, context, false);
    learn_writers(checks, looked_at);
    // Again, with what runs the checks; whether a function may be called is asked there.
    Asking asking;
    ask_as(checks->writer, &asking);
    PG_TRY();
    {
        InitDomainConstraintRef(domain, &checks->constraints, context, true);
    }
    PG_FINALLY();
    {
        ask_no_more(&asking);
    }
    PG_END_TRY();
    learn_writers(checks, &checks->constraints);
    checks->econtext = CreateStandaloneExprContext();
    checks->length = get_typlen(domain);
    MemoryContextSwitchTo(old);
    return checks;
}

static bool admits(const DomainChecks *checks, Datum value, bool is_null)
{
    ListCell *cell;

    foreach (cell, checks->constraints.constraints) {
        auto *constraint = static_cast<DomainConstraintState *>(lfirst(cell));

        if (constraint->constrainttype == DOM_CONSTRAINT_NOTNULL) {
            if (is_null)
                return false;
            continue;
        }
        checks->econtext->domainValue_datum = MakeExpandedObjectReadOnly(value, is_null, checks->length);
        checks->econtext->domainValue_isNull = is_null;
        if (!ExecCheck(constraint->check_exprstate, checks->econtext))
            return false;
    }
    return true;
}

// What another session, or this one, changed about any domain or table gives a new list of checks. *settled: its writer
// is who was asked.
static bool admits_as_writer(DomainChecks *checks, Datum value, bool is_null, bool *settled)
{
    const Oid asked = checks->writer;
    const AskedDomain domain = {checks->constraints.tcache->type_id, asked_domain};
    Asking asking;
    volatile bool result = false;

    ask_as(asked, &asking);
    asked_domain = &domain;
    PG_TRY();
    {
        UpdateDomainConstraintRef(&checks->constraints);
        if (checks->known != checks->constraints.constraints)
            learn_writers(checks, &checks->constraints);
        *settled = checks->writer == asked && !checks->many_writers;
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

// Not in a worker of a parallel plan where they can't run there, nor where a statement ends.
static bool may_run(const DomainChecks *checks)
{
    return ActiveSnapshotSet() && !(checks->serial && IsParallelWorker());
}

// False, and with it a default, where the checks' writer changes all the time, or where nobody may be asked now.
bool mask_domain_admits(DomainChecks *checks, Datum value, bool is_null)
{
    bool result = false;
    bool settled = false;

    if (errors_deciding() || is_being_asked(checks->constraints.tcache->type_id) || !may_run(checks)) {
        unasked++;
        return false;
    }
    for (int turn = 0; turn < 3 && !settled && !checks->many_writers; turn++) // nobody may ask for many
        result = admits_as_writer(checks, value, is_null, &settled);
    ResetExprContext(checks->econtext);
    return result;
}

} // namespace ddm
