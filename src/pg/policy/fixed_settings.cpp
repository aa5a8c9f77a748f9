#include "pg/policy/fixed_settings.h"

extern "C" {
#include "catalog/pg_proc.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
}

namespace ddm
{

// A label means the same whoever's settings are in force when it is loaded.
static const struct {
    const char *name;
    const char *value;
} fixed_settings[] = {
    {"search_path", "pg_catalog, pg_temp"},
    {"standard_conforming_strings", "on"},
    {"transform_null_equals", "off"},
    {"DateStyle", "ISO, MDY"},
    {"IntervalStyle", "postgres"},
    {"TimeZone", "GMT"},
    {"timezone_abbreviations", "Default"},
    {"array_nulls", "on"},
    {"lc_monetary", "C"},
    {"xmloption", "content"},
};

int fix_settings()
{
    int level = NewGUCNestLevel();
    for (const auto &setting : fixed_settings) {
        const char *now = GetConfigOption(setting.name, false, false);
        if (strcmp(now, setting.value) == 0) // reading the abbreviations anew takes a while
            continue;
        set_config_option(setting.name, setting.value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
    }
    return level;
}

int fix_search_path(const char *path)
{
    const int level = NewGUCNestLevel();

    set_config_option("search_path", path, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
    return level;
}

Datum read_constant(const char *text, Oid type, int32 typmod)
{
    Oid input, parameter;
    Datum value;

    getTypeInputInfo(type, &input, &parameter);
    if (func_volatile(input) == PROVOLATILE_IMMUTABLE)
        return OidInputFunctionCall(input, const_cast<char *>(text), parameter, typmod);
    const int level = fix_settings();
    PG_TRY();
    {
        value = OidInputFunctionCall(input, const_cast<char *>(text), parameter, typmod);
    }
    PG_FINALLY();
    {
        AtEOXact_GUC(true, level); // whoever catches an error of an input function ends no subtransaction for it
    }
    PG_END_TRY();
    return value;
}

} // namespace ddm
