// PL/pgSQL compiles a function once a session, where it is called first. Who calls one that will be given stored values
// chooses the search_path by then, and has a domain of his own in the place of "text", whose checks see what the function
// sees. The language's plugin interface tells of each function that starts; one that was changed is compiled anew. It also
// keeps what an expression calls until the end of the transaction, and does not ask again who may call it: what ran for
// somebody who may give it other values is compiled anew, too.
#include "pg/code/compiled_code.h"
#include "pg/code/stored_code.h"
#include "pg/policy/policy.h"

extern "C" {
#include "access/transam.h"
#include "catalog/namespace.h"
#include "catalog/pg_language.h"
#include "fmgr.h"
#include "plpgsql.h"
#include "utils/hsearch.h"
}

namespace ddm
{

struct CompiledFunction {
    PLpgSQL_function *function; // never freed
    TransactionId xmin;
    char *path;
    TimestampTz transaction; // in which it ran last, and for which code
    List *relations;
    List *owners;
};

struct CompiledEntry {
    Oid function; // the key
    List *ways;   // CompiledFunction *: one for each collation, type of arguments and trigger
};

static HTAB *compiled = nullptr;

static void note_path(CompiledFunction *way)
{
    way->xmin = DDM_COMPILED_XMIN(way->function);
    way->path = MemoryContextStrdup(CacheMemoryContext, namespace_search_path);
}

static bool ran_for(const CompiledFunction *way, const CodeFinding *finding)
{
    return equal(way->relations, finding ? finding->relations : NIL) &&
           equal(way->owners, finding ? finding->owners : NIL);
}

static void note_run(CompiledFunction *way)
{
    const CodeFinding *finding = stored_code_running ? stored_code_running->finding : nullptr;

    way->transaction = GetCurrentTransactionStartTimestamp();
    if (ran_for(way, finding))
        return;
    MemoryContext old = MemoryContextSwitchTo(CacheMemoryContext);
    list_free(way->relations);
    list_free(way->owners);
    way->relations = finding ? list_copy(finding->relations) : NIL;
    way->owners = finding ? list_copy(finding->owners) : NIL;
    MemoryContextSwitchTo(old);
}

static void note(PLpgSQL_function *function)
{
    bool found;
    ListCell *cell;
    auto *entry = static_cast<CompiledEntry *>(hash_search(compiled, &function->fn_oid, HASH_ENTER, &found));

    entry->ways = found ? entry->ways : NIL;
    foreach (cell, entry->ways) {
        auto *way = static_cast<CompiledFunction *>(lfirst(cell));
        if (way->function != function)
            continue;
        if (way->xmin != DDM_COMPILED_XMIN(function)) {
            pfree(way->path);
            note_path(way);
        }
        note_run(way);
        return;
    }
    MemoryContext old = MemoryContextSwitchTo(CacheMemoryContext);
    auto *way = zeroed<CompiledFunction>();
    way->function = function;
    note_path(way);
    note_run(way);
    entry->ways = lappend(entry->ways, way);
    MemoryContextSwitchTo(old);
}

// Ours, each put over what stood in the language's one place at that time: a library that comes later may or may not call
// what it found there, which stays as it was for that.
struct OwnPlugin {
    PLpgSQL_plugin plugin;
    PLpgSQL_plugin *below;
};

static OwnPlugin own_plugins[4];
static PLpgSQL_plugin **plugin_place = nullptr;
static const PLpgSQL_plugin *taken_with = nullptr;

template <int number> static void function_starts(PLpgSQL_execstate *state, PLpgSQL_function *function)
{
    OwnPlugin *own = &own_plugins[number];

    if (function->fn_oid >= FirstNormalObjectId)
        note(function);
    if (!own->below)
        return;
    own->below->error_callback = own->plugin.error_callback;
    own->below->assign_expr = own->plugin.assign_expr;
    own->below->assign_value = own->plugin.assign_value;
    own->below->eval_datum = own->plugin.eval_datum;
    own->below->cast_value = own->plugin.cast_value;
    if (own->below->func_setup)
        own->below->func_setup(state, function);
}

// Fails where it can't: what PL/pgSQL compiles would go unseen.
static void take_place()
{
    static void (*const starts[])(PLpgSQL_execstate *, PLpgSQL_function *) = {function_starts<0>, function_starts<1>,
                                                                              function_starts<2>, function_starts<3>};
    static size_t taken = 0;

    if (taken == lengthof(starts))
        ereport(ERROR, errcode(ERRCODE_CONFIG_FILE_ERROR),
                errmsg("too many libraries with plugins for PL/pgSQL were loaded after ddm"),
                errhint("Put them before ddm in shared_preload_libraries."));
    OwnPlugin *own = &own_plugins[taken];
    own->below = *plugin_place;
    if (own->below)
        own->plugin = *own->below;
    own->plugin.func_setup = starts[taken++];
    *plugin_place = &own->plugin;
    taken_with = &own->plugin;
}

// A path with schemas in which others make objects finds in them what they were called when it was compiled. And what ran
// for nobody's code kept what its statements found on whatever path it was given on the way.
static bool runs_as_compiled(const CompiledFunction *way, const CodeFinding *finding)
{
    const bool same_transaction = way->transaction == GetCurrentTransactionStartTimestamp();

    return strcmp(way->path, namespace_search_path) == 0 &&
           (ran_for(way, finding) || (!same_transaction && finding->shared == NIL && way->owners != NIL));
}

void compile_for_code(Oid function, const CodeFinding *finding)
{
    ListCell *cell;
    auto *entry = static_cast<CompiledEntry *>(hash_search(compiled, &function, HASH_FIND, nullptr));

    foreach (cell, entry ? entry->ways : NIL) {
        auto *way = static_cast<CompiledFunction *>(lfirst(cell));
        if (runs_as_compiled(way, finding))
            continue;
        DDM_COMPILED_XMIN(way->function) = InvalidTransactionId;
        way->xmin = InvalidTransactionId;
    }
}

static Oid validator = InvalidOid;
static bool validator_known = false;

static void language_changed(Datum, int, uint32) { validator_known = false; }

static Oid find_validator()
{
    HeapTuple tuple = SearchSysCache1(LANGNAME, CStringGetDatum("plpgsql"));

    if (!HeapTupleIsValid(tuple))
        return InvalidOid;
    const Oid result = reinterpret_cast<Form_pg_language>(GETSTRUCT(tuple))->lanvalidator;
    ReleaseSysCache(tuple);
    return result;
}

void check_validator(Oid function)
{
    if (function < FirstUnpinnedObjectId)
        return;
    if (!validator_known) {
        validator_known = true;
        validator = find_validator();
    }
    if (function == validator && policy_active() && !superuser())
        ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                errmsg("permission denied to call function \"%s\"", get_func_name(function)),
                errdetail("It compiles functions by the caller's search_path."));
}

void compiled_code_retake()
{
    if (*plugin_place != taken_with)
        take_place();
}

void compiled_code_install()
{
    HASHCTL control = {};

    control.keysize = sizeof(Oid);
    control.entrysize = sizeof(CompiledEntry);
    compiled = hash_create("ddm compiled code", 64, &control, HASH_ELEM | HASH_BLOBS);
    CacheRegisterSyscacheCallback(LANGNAME, language_changed, 0);
    plugin_place = reinterpret_cast<PLpgSQL_plugin **>(find_rendezvous_variable("PLpgSQL_plugin"));
    take_place();
}

} // namespace ddm
