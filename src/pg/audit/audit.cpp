// The audit trail is put together here: settings, shared memory, launcher, callbacks.
#include "pg/audit/audit.h"
#include "pg/audit/audit_event.h"
#include "pg/audit/audit_launcher.h"
#include "pg/audit/audit_settings.h"
#include "pg/audit/audit_spool.h"
#include "pg/audit/audit_template.h"
#include "pg/audit/client_identity.h"

extern "C" {
#include "storage/ipc.h"
}

namespace ddm
{

static shmem_request_hook_type prev_shmem_request = nullptr;
static shmem_startup_hook_type prev_shmem_startup = nullptr;

static void request_memory()
{
    if (prev_shmem_request)
        prev_shmem_request();
    spool_request_memory();
}

static void create_memory()
{
    if (prev_shmem_startup)
        prev_shmem_startup();
    spool_create_memory();
}

void audit_install()
{
    audit_define_settings();
    audit_register_launcher();
    event_template_install();
    client_identity_install();
    audit_transaction_install();
    prev_shmem_request = shmem_request_hook;
    shmem_request_hook = request_memory;
    prev_shmem_startup = shmem_startup_hook;
    shmem_startup_hook = create_memory;
}

} // namespace ddm
