// Messages that are no errors can't be raised again: in a context callback they are given other words where they would quote
// what is hidden.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

void judge_message(ErrorData *message);

// What is being raised; answers whether it is no error.
bool judge_message_at_hand();

void judged_messages_install();

} // namespace ddm
