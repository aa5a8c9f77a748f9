/* A plugin for PL/pgSQL that takes the language's one place, and calls what stood there before where CHAINS is defined. */
#include "postgres.h"
#include "fmgr.h"
#include "plpgsql.h"

PG_MODULE_MAGIC;

void _PG_init(void);

static PLpgSQL_plugin *before = NULL;

static void starts(PLpgSQL_execstate *state, PLpgSQL_function *function)
{
    elog(NOTICE, "starts %s", function->fn_signature);
    if (before && before->func_setup)
        before->func_setup(state, function);
}

static PLpgSQL_plugin plugin = {.func_setup = starts};

void _PG_init(void)
{
    PLpgSQL_plugin **place = (PLpgSQL_plugin **)find_rendezvous_variable("PLpgSQL_plugin");

#ifdef CHAINS
    before = *place;
#endif
    *place = &plugin;
}
