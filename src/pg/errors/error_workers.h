// What a parallel worker and its leader tell each other of the errors that the worker raises. The worker does not know
// what runs around its part of the plan; the leader gets the error where he can't read the catalog.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

void error_workers_install();

// In a leader: tells workers that start from now on whether they must withhold whatever they raise, which the innermost
// frame with workers says.
void tell_workers();

// In a leader: something hidden was touched that may be given to them. All frames with workers are to say so.
void withhold_from_workers();

// In a worker that has just started: must it?
bool worker_must_withhold();

// In a worker: this error, as it is, holds nothing that must be withheld. Elsewhere does nothing.
void worker_verdict_note(const ErrorData *error);

// In a leader: has a worker of his said so of this very error, in this statement? Reads no catalog.
bool worker_verdict_found(const ErrorData *error);

} // namespace ddm
