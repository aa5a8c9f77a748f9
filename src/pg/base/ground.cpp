#include "pg/base/ground.h"
#include "pg/base/report.h"
#include "core/boundary.h"

namespace ddm
{

static bool preloaded = false;

void ground_install() { preloaded = true; }

bool is_preloaded() { return preloaded; }

static void refuse_without_preload()
{
    const char *others = GetConfigOption("shared_preload_libraries", true, false);

    ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
            errmsg("ddm must be loaded by shared_preload_libraries"),
            errdetail("Without it no hook stands in the server's sessions, and nothing would be masked."),
            errhint("Put the line shared_preload_libraries = '%s%sddm' into postgresql.conf and restart the server.",
                    others && others[0] ? others : "", others && others[0] ? ", " : ""));
}

} // namespace ddm

// ddm.require_preload(): the first thing that CREATE EXTENSION asks.
DDM_FUNCTION(ddm_require_preload)
{
    if (!ddm::is_preloaded())
        ddm::refuse_without_preload();
    PG_RETURN_VOID();
}

// ddm.test_error_boundary(what text): always an error, and an ordinary one.
DDM_FUNCTION(ddm_test_error_boundary)
{
    const char *what = text_to_cstring(PG_GETARG_TEXT_PP(0));
    ddm::core::Status status = ddm::core::throw_inside({what, strlen(what)});

    ddm::report(status, "test of the error boundary", what);
    PG_RETURN_VOID();
}
