// How the client proved who it is, as the server knows it.
#include "pg/audit/client_identity.h"

extern "C" {
#if !DDM_HAS_SYSTEM_USER
// Its headers need not be there; the server keeps the layout of Port the same without (libpq-be.h says so).
#undef ENABLE_GSS
#include "libpq/auth.h"
#include "libpq/hba.h"
#include "libpq/libpq-be.h"
#endif
}

namespace ddm
{

#if DDM_HAS_SYSTEM_USER

void client_identity_install() {}

const char *client_identity() { return GetSystemUser(); }

#else

static ClientAuthentication_hook_type prev_authentication = nullptr;
static const char *method = nullptr;

// The line of pg_hba.conf that was used is gone once the session runs.
static void ddm_authentication(Port *port, int status)
{
    if (prev_authentication)
        prev_authentication(port, status);
    method = port->hba ? hba_authname(port->hba->auth_method) : nullptr;
}

void client_identity_install()
{
    prev_authentication = ClientAuthentication_hook;
    ClientAuthentication_hook = ddm_authentication;
}

const char *client_identity()
{
    static char *known = nullptr;
    if (!known && method && MyProcPort && MyProcPort->authn_id)
        known = MemoryContextStrdup(TopMemoryContext, psprintf("%s:%s", method, MyProcPort->authn_id));
    return known;
}

#endif

} // namespace ddm
