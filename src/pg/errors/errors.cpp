// When to withhold values from an error: who is running what, and does an error over it quote what they must not
// see? The answer is found when there is an error; until then a statement costs a frame on the stack.
#include "pg/errors/errors.h"
#include "pg/base/transaction_end.h"
#include "pg/code/stored_code.h"
#include "pg/debug_settings.h"
#include "pg/errors/error_event.h"
#include "pg/errors/error_relations.h"
#include "pg/errors/error_text.h"
#include "pg/errors/error_workers.h"
#include "pg/errors/judged_messages.h"
#include "pg/errors/quiet_messages.h"
#include "pg/guard/refused_access.h"
#include "pg/policy/policy.h"
#include "pg/rewrite/definer.h"
#include "pg/rewrite/plan_note.h"
#include "pg/rewrite/touched_relations.h"

extern "C" {
#include "utils/fmgrprotos.h"
}

namespace ddm
{

// Since the outermost statement began: what a function read before it failed on it.
static RelationSet in_statement;
// Since the transaction began: what a deferred trigger may work on.
static RelationSet in_transaction;

// Of a parallel worker: its leader said so when it started.
static bool withholds_all = false;

static MemoryContext withhold_context = nullptr;
static MemoryContext message_context = nullptr;
bool errors_decide = false;

static void raise_without_values(void *);
ErrorContextCallback errors_bottom = {nullptr, raise_without_values, nullptr};

static bool may_be_message(const ErrorFrame *frame);

// What stands on the stack for a frame. It says nothing itself: the bottom looks at all frames together. A message that
// is no error can't be raised again: what would tell of the statements around this one is cut off instead.
static void frame_on_stack(void *argument)
{
    auto *frame = static_cast<ErrorFrame *>(argument);

    frame->callback.previous = errors_decide ? nullptr : frame->outer;
    if (errors_decide || (!frame->quiet && !frame->quiet_within && !may_be_message(frame)))
        return;
    MemoryContext caller = MemoryContextSwitchTo(message_context);
    ErrorData *message = CopyErrorData();
    if (message->elevel < ERROR && frame->quiet)
        frame->callback.previous = nullptr;
    if ((frame->quiet || frame->quiet_within) && !message->output_to_server &&
        error_tells_of_statement(message)) // no hook will keep it from the client
        errmsg_internal("what a statement within another one did is withheld");
    if (frame == errors_innermost_frame())
        judge_message(message);
    MemoryContextSwitchTo(caller);
    MemoryContextReset(message_context);
}

static bool is_frame(const ErrorContextCallback *callback) { return callback->callback == frame_on_stack; }

static ErrorFrame *first_frame(const ErrorContextCallback *at)
{
    for (; at; at = at->previous)
        if (is_frame(at))
            return static_cast<ErrorFrame *>(at->arg);
    return nullptr;
}

ErrorFrame *errors_innermost_frame() { return first_frame(error_context_stack); }

ErrorFrame *errors_frame_around(const ErrorFrame *frame) { return first_frame(frame->outer); }

// The innermost frame; where there is none, appends the bottom to the stack if it is not there (any more): the server
// drops the whole stack when an error reaches the top.
[[gnu::noinline]] static ErrorFrame *search_stack()
{
    ErrorContextCallback **link = &error_context_stack;

    for (; *link; link = &(*link)->previous) {
        if (is_frame(*link))
            return static_cast<ErrorFrame *>((*link)->arg);
        if (*link == &errors_bottom)
            return nullptr;
    }
    *link = &errors_bottom;
    return nullptr;
}

// Of a statement at top level the bottom is all there is.
static ErrorFrame *look_down() { return likely(error_context_stack == &errors_bottom) ? nullptr : search_stack(); }

// Everyone who may get to see the error: whoever runs a statement on the stack, the current role (which is the
// owner's in foreign-key code and functions with their definer's rights) and the role outside of those.
static List *roles_on_stack()
{
    List *roles = list_make1_oid(GetUserId());
    roles = list_append_unique_oid(roles, GetOuterUserId());
    for (const ErrorFrame *frame = errors_innermost_frame(); frame; frame = errors_frame_around(frame))
        roles = list_append_unique_oid(roles, frame->role);
    return roles;
}

static bool in_trigger() { return DatumGetInt32(DirectFunctionCall1(pg_trigger_depth, 0)) > 0; }

// What the last answer was to, for loops that run a statement again and again.
struct TouchedHides {
    const ErrorFrame *outer;
    Oid outer_role;
    Oid role;
    Oid session_role;
    uint32 statement;
    uint32 transaction;
    bool in_trigger;
    uint64 generation;
    bool hides;
};

// Is something of what was touched hidden from somebody on the stack?
static bool touched_hides(const ErrorFrame *outer)
{
    static TouchedHides last;
    const bool trigger = in_trigger();
    const uint32 statement = in_statement.hash;
    const uint32 transaction = trigger ? in_transaction.hash : 0;

    if (outer->quiet)
        return true;
    if ((statement == 0 && transaction == 0) || !policy_active() || debug_masks_everything())
        return false;
    const uint64 generation = policy_generation();
    if (last.outer != outer || last.outer_role != outer->role || last.role != GetUserId() ||
        last.session_role != GetOuterUserId() || last.statement != statement || last.transaction != transaction ||
        last.in_trigger != trigger || last.generation != generation) {
        List *roles = roles_on_stack();
        const bool hides = set_hides(&in_statement, roles) || (trigger && set_hides(&in_transaction, roles));
        last = {outer, outer->role, GetUserId(), GetOuterUserId(), statement, transaction, trigger, generation, hides};
    }
    return last.hides;
}

// Most errors are none, and are not looked at.
static bool may_be_message(const ErrorFrame *frame)
{
    return in_statement.count + in_transaction.count > 0 && frame == errors_innermost_frame() &&
           !is_of_exhaustion(geterrcode());
}

bool errors_in_others_code() { return stored_code_running || in_trigger() || list_length(roles_on_stack()) > 1; }

[[gnu::noinline]] static void touch_relations(const PlannedStmt *statement, ErrorFrame *outer)
{
    if (statement->invalItems || statement->resultRelations || IsParallelWorker()) {
        sets_add_statement(&in_statement, &in_transaction, statement);
        await_transaction_end();
    }
    if (IsParallelWorker() && !outer)
        withholds_all = worker_must_withhold();
    if (outer && touched_hides(outer)) {
        outer->quiet_within = true;
        withhold_from_workers();
    }
}

void errors_statement_touches(const PlannedStmt *statement)
{
    ErrorFrame *outer = look_down();
    if (!outer)
        set_clear(&in_statement);
    if (outer || statement->invalItems || statement->resultRelations || IsParallelWorker())
        touch_relations(statement, outer);
}

static bool stack_hides(const List *roles)
{
    const bool running = errors_innermost_frame() != nullptr;

    for (const ErrorFrame *frame = errors_innermost_frame(); frame; frame = errors_frame_around(frame)) {
        if (frame->hides || (frame->unknown && any_relation_hides(roles)) || plan_hides(frame->statement, roles))
            return true;
    }
    // Between statements only what the server itself parses fails; a deferred trigger at commit runs all the same.
    return (running && set_hides(&in_statement, roles)) || (in_trigger() && set_hides(&in_transaction, roles)) ||
           maintenance_hides(roles, running);
}

// A parallel worker knows the outermost role and the innermost, and its plan. Is there nothing else to be judged of what
// it raises? Found before: when the leader gets it, he can't read the catalog.
static bool nothing_hides(const ErrorFrame *frame)
{
    List *roles = roles_on_stack();
    ListCell *cell;
    foreach (cell, roles)
        if (lfirst_oid(cell) != frame->role && lfirst_oid(cell) != GetOuterUserId())
            return false;
    return !stack_hides(roles);
}

// What only a statement within another, a utility's or one with workers needs.
[[gnu::noinline]] static void enter_closely(ErrorFrame *frame)
{
    const PlannedStmt *statement = frame->statement;

    // Now: later the name may not resolve any more, and the catalog may not be there to be read.
    if (statement->utilityStmt && policy_active() && !debug_masks_everything())
        frame->hides = utility_hides(statement->utilityStmt, roles_on_stack(), &frame->through, &frame->unknown);
    if (frame->hides || frame->unknown)
        frame->workers = WorkerErrors::Withheld;
    else if (statement->parallelModeNeeded && policy_active() && !debug_masks_everything())
        frame->workers = nothing_hides(frame) ? WorkerErrors::Judged : WorkerErrors::Withheld;
    if (statement->parallelModeNeeded || frame->workers != WorkerErrors::None)
        tell_workers();
}

// At commit, within no statement.
static bool deferred_hides()
{
    return in_transaction.count > 0 && in_trigger() && policy_active() && !debug_masks_everything() &&
           set_hides(&in_transaction, roles_on_stack());
}

bool errors_in_hiding() { return look_down() ? touched_hides(errors_innermost_frame()) : deferred_hides(); }

void errors_enter(ErrorFrame *frame, const PlannedStmt *statement, const char *source)
{
    const ErrorFrame *outer = look_down();
    if (statement->utilityStmt && !outer)
        set_clear(&in_statement);
    frame->outer = error_context_stack;
    frame->callback = {frame->outer, frame_on_stack, frame};
    frame->statement = statement;
    frame->source = source;
    frame->role = GetUserId();
    frame->through = InvalidOid;
    frame->hides = frame->unknown = frame->quiet = frame->quiet_within = frame->whole_rows = false;
    frame->by_foreign_key = InNoForceRLSOperation();
    frame->shown = 0;
    frame->definers = definer_depth();
    frame->workers = WorkerErrors::None;
    frame->kept_values = 0;
    error_context_stack = &frame->callback;
    frame->quiet = outer ? touched_hides(outer) : deferred_hides();
    if (outer || statement->utilityStmt || statement->parallelModeNeeded)
        enter_closely(frame);
}

static bool any_frame_touches()
{
    for (const ErrorFrame *frame = errors_innermost_frame(); frame; frame = errors_frame_around(frame))
        if (frame->hides || frame->unknown || plan_has_notes(frame->statement))
            return true;
    return false;
}

// Where the catalog can't be read: under a lock, or in a leader who passes on what his worker raised and has, or has not,
// judged. Else the answer is the careful one, if any relation with masks was touched at all.
static bool may_quote_hidden_values(const ErrorData *error)
{
    const ErrorFrame *innermost = errors_innermost_frame();
    const bool from_worker = !error->message_id;

    if (!innermost || debug_masks_everything())
        return false;
    if (innermost->workers == WorkerErrors::Judged && from_worker)
        return !worker_verdict_found(error);
    return innermost->workers == WorkerErrors::Withheld || in_statement.count > 0 || in_transaction.count > 0 ||
           any_frame_touches();
}

// Whoever wrote the code that runs may have put stored values where nothing is masked: a trigger, a function with
// its definer's rights.
static bool in_others_code(const ErrorData *error, const List *roles)
{
    return error->context && strstr(error->context, "function ") && (list_length(roles) > 1 || in_trigger());
}

static bool quotes_hidden_values(const ErrorData *error)
{
    if (withholds_all)
        return true;
    if (InterruptHoldoffCount > 0 || CritSectionCount > 0)
        return may_quote_hidden_values(error);
    if (!policy_active() || debug_masks_everything()) // masks that show every value hide none
        return false;

    const ErrorFrame *innermost = errors_innermost_frame();
    if (innermost && innermost->statement->utilityStmt && error_speaks_of_objects(error))
        return false;
    List *roles = roles_on_stack();
    int named = named_relation_hides(error, roles);
    if (named > 0)
        return true;
    return (named < 0 || in_others_code(error, roles)) && stack_hides(roles);
}

// What is not hidden is shown, and on record. Where the catalog can't be read, nothing with masks was touched.
static bool shown_values_recorded(const ErrorData *error)
{
    return InterruptHoldoffCount > 0 || CritSectionCount > 0 || !policy_active() || debug_masks_everything() ||
           error_values_recorded(error);
}

// exit_on_error, or who terminates the session, makes one FATAL.
static bool ends_statement(const ErrorData *error) { return error->elevel == ERROR || error->elevel == FATAL; }

static bool must_withhold(ErrorData *error, bool in_message)
{
    volatile bool hide = true;

    errors_decide = true;
    PG_TRY();
    {
        refused_access_note(error);
        hide = ends_statement(error) && (in_message || error_context_may_quote_data(error)) &&
               (quotes_hidden_values(error) || (in_message && !shown_values_recorded(error)));
    }
    PG_FINALLY();
    {
        errors_decide = false;
    }
    PG_END_TRY();
    return hide;
}

// Runs last of all the context callbacks of an error. Nothing in the server's interface lets a callback take
// context lines back, so the error is raised again without them, the way errfinish() itself leaves.
static void raise_without_values(void *)
{
    const int sqlstate = geterrcode();

    if (errors_decide || !IsTransactionState()) // an error in what follows: it takes this one's place
        return;
    if (error_is_silent(sqlstate)) {
        if (in_transaction.count > 0 && in_trigger() && !errors_innermost_frame() && !is_of_exhaustion(sqlstate))
            judge_message_at_hand(); // at commit
        return;
    }
    MemoryContextReset(withhold_context);
    MemoryContext caller = MemoryContextSwitchTo(withhold_context);
    ErrorData *error = CopyErrorData();
    const bool in_message = error_may_quote_data(sqlstate) && !error_is_own_words(error);
    const bool hide = must_withhold(error, in_message);
    if (!errors_innermost_frame())
        judge_message(error);
    if (!ends_statement(error) || (error->elevel == FATAL && !hide)) {
        MemoryContextSwitchTo(caller);
        return;
    }
    // Raised again where nothing is hidden as well: who was asked may have swallowed an error, and this one with it.
    if (!hide)
        worker_verdict_note(error);
    else if (in_message)
        error_withhold_values(error);
    else
        error_withhold_context(error);
    FlushErrorState();
    if (error->elevel == FATAL) {
        error_context_stack = nullptr; // what stands on it was said
        ThrowErrorData(error);
    }
    InterruptHoldoffCount = 0;
    QueryCancelHoldoffCount = 0;
    CritSectionCount = 0;
    ReThrowError(error);
}

void errors_transaction_ended()
{
    set_clear(&in_transaction);
    if (in_statement.count > 0) // a procedure that commits goes on
        await_transaction_end();
    look_down(); // for what comes next
}

static void subtransaction_event(SubXactEvent, SubTransactionId, SubTransactionId, void *) { look_down(); }

void errors_install()
{
    message_context = AllocSetContextCreate(TopMemoryContext, "ddm messages", ALLOCSET_SMALL_SIZES);
    withhold_context = AllocSetContextCreate(TopMemoryContext, "ddm withheld errors", ALLOCSET_SMALL_SIZES);
    judged_messages_install();
    quiet_messages_install();
    error_workers_install();
    RegisterSubXactCallback(subtransaction_event, nullptr);
}

} // namespace ddm
