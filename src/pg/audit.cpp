// The audit trail's door to the executor.
#include "pg/audit.h"

namespace ddm
{

void audit_install() {}
void audit_executor_start(QueryDesc *, int) {}
void audit_executor_before_run(QueryDesc *) {}
void audit_executor_after_run(QueryDesc *) {}
void audit_executor_end(QueryDesc *) {}
void audit_policy_event(const PolicyEvent &) {}
void audit_denied_event(EventKind, const char *, const char *, const char *) {}

} // namespace ddm
