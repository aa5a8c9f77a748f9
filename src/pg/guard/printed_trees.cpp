// Settings that print the trees of whatever runs, and with them the values that are parameters of statements in
// triggers, foreign-key code and functions with their definer's rights.
//
// The server lets everybody switch them on, and client_min_messages sends the output to the client. So they are
// for superusers, and for those to whom GRANT SET ON PARAMETER gives them. With them goes trace_sort: it tells how many
// different values were sorted, when an index over stored values is built.
#include "pg/guard/printed_trees.h"
#include "pg/base/guc_list.h"

namespace ddm
{

static bool tells_of_values(const config_generic *setting)
{
    static const char start[] = "debug_print_";

    return strncmp(setting->name, start, sizeof start - 1) == 0 || strcmp(setting->name, "trace_sort") == 0;
}

void printed_trees_install()
{
    int count;
    config_generic **settings = guc_list(&count);

    for (int i = 0; i < count; i++)
        if (tells_of_values(settings[i]) && settings[i]->context == PGC_USERSET)
            settings[i]->context = PGC_SUSET;
}

} // namespace ddm
