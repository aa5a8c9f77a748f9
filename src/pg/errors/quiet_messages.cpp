// What extensions tell of statements that run within another one, which may quote hidden values.
#include "pg/errors/quiet_messages.h"
#include "pg/errors/error_text.h"
#include "pg/errors/errors.h"

namespace ddm
{

static emit_log_hook_type prev_emit_log = nullptr;

// The log gets what extensions tell of statements, plans with their constants too; the client does not.
static void keep_from_client(ErrorData *message)
{
    const ErrorFrame *frame =
        message->output_to_client && error_tells_of_statement(message) ? errors_innermost_frame() : nullptr;

    if (frame && (frame->quiet || frame->quiet_within))
        message->output_to_client = false;
    if (prev_emit_log)
        prev_emit_log(message);
}

void quiet_messages_install()
{
    prev_emit_log = emit_log_hook;
    emit_log_hook = keep_from_client;
}

} // namespace ddm
