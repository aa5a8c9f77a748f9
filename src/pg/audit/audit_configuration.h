// The server's configuration of ddm, as the trail last knew it: a change in postgresql.conf or on the command line is a
// change of policy that no statement makes.
#pragma once

namespace ddm
{

// In the worker, outside of a transaction: records what is different from the last time.
void audit_record_configuration();

} // namespace ddm
