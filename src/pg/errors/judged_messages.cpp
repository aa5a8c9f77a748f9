#include "pg/errors/judged_messages.h"
#include "pg/errors/error_text.h"
#include "pg/errors/errors.h"

namespace ddm
{

static MemoryContext message_context = nullptr;

// One's own code is given masks alone. Of a wait for a lock the log tells: the catalog can't be read then.
static bool hides(const ErrorData *message, Quoted quoted)
{
    return (quoted == Quoted::Values || errors_in_others_code()) && (message->elevel == LOG || errors_in_hiding());
}

void judge_message(ErrorData *message)
{
    const Quoted quoted = quoted_in_message(message);
    volatile bool withhold = false;

    if (quoted == Quoted::Nothing)
        return;
    errors_decide = true;
    PG_TRY();
    {
        withhold = hides(message, quoted);
    }
    PG_FINALLY();
    {
        errors_decide = false;
    }
    PG_END_TRY();
    if (withhold)
        message_withhold(message, quoted);
}

bool judge_message_at_hand()
{
    if (errors_decide)
        return true;
    MemoryContext caller = MemoryContextSwitchTo(message_context);
    ErrorData *message = CopyErrorData();
    const bool is_message = message->elevel < ERROR;

    judge_message(message);
    MemoryContextSwitchTo(caller);
    MemoryContextReset(message_context);
    return is_message;
}

void judged_messages_install()
{
    message_context = AllocSetContextCreate(TopMemoryContext, "ddm judged messages", ALLOCSET_SMALL_SIZES);
}

} // namespace ddm
