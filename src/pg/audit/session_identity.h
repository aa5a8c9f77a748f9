// Which session this process works for, as the server's log names it. A parallel worker works for its leader's.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

struct SessionIdentity {
    int pid;
    char id[40];      // %c of log_line_prefix
    char address[64]; // of the client; empty for a Unix socket, or where there is no client
};

const SessionIdentity &session_identity();

} // namespace ddm
