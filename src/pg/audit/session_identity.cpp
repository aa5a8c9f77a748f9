// Which session this process works for.
#include "pg/audit/session_identity.h"

extern "C" {
#include "access/parallel.h"
#include "common/ip.h"
#include "miscadmin.h"
#include "storage/proc.h"
#include "utils/backend_status.h"
#include "utils/timestamp.h"
}
#include <netdb.h>

namespace ddm
{

static void write_address(SessionIdentity *session, const SockAddr &from)
{
    if (from.addr.ss_family != AF_INET && from.addr.ss_family != AF_INET6)
        return;
    if (pg_getnameinfo_all(&from.addr, static_cast<int>(from.salen), session->address, sizeof session->address, nullptr,
                           0, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        session->address[0] = '\0';
    if (char *zone = strchr(session->address, '%'))
        *zone = '\0'; // inet has no zones
}

static void write_id(SessionIdentity *session, int pid, pg_time_t start)
{
    session->pid = pid;
    pg_snprintf(session->id, sizeof session->id, "%lx.%x", static_cast<long>(start), pid);
}

static void describe_leader(SessionIdentity *session)
{
    const int leader = MyProc->lockGroupLeader ? MyProc->lockGroupLeader->pid : 0;
    for (int i = 1; i <= pgstat_fetch_stat_numbackends(); i++) {
        const LocalPgBackendStatus *local = DDM_BACKEND_STATUS(i);
        if (!local || local->backendStatus.st_procpid != leader)
            continue;
        write_id(session, leader, timestamptz_to_time_t(local->backendStatus.st_proc_start_timestamp));
        write_address(session, local->backendStatus.st_clientaddr);
        return;
    }
}

const SessionIdentity &session_identity()
{
    static SessionIdentity session = {};
    if (session.pid != 0)
        return session;
    if (IsParallelWorker())
        describe_leader(&session);
    if (session.pid == 0) {
        write_id(&session, MyProcPid, MyStartTime);
        if (MyBEEntry)
            write_address(&session, MyBEEntry->st_clientaddr);
    }
    return session;
}

} // namespace ddm
