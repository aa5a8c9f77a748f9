/* The module's magic block and the way in. */
#include "postgres.h"
#include "fmgr.h"
#include "miscadmin.h"

PG_MODULE_MAGIC;

/* src/pg/install.cpp */
extern void ddm_install(void);
extern PGDLLEXPORT void _PG_init(void);

void _PG_init(void)
{
    /*
	 * Without the preload there is nothing to install hooks for: CREATE EXTENSION refuses with the line to add
	 * (ddm.require_preload()), and the SQL functions of the masks still work for the generated views.
	 */
    if (process_shared_preload_libraries_in_progress)
        ddm_install();
}
