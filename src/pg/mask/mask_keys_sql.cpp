// ddm.rotate_key(), ddm.keys, and the key that CREATE EXTENSION makes.
#include "pg/audit/audit.h"
#include "pg/mask/mask_keys.h"
#include "pg/policy/policy.h"
#include "pg/policy/roles.h"
#include "core/keys.h"

extern "C" {
#include "access/xlog.h"
#include "funcapi.h"
#include "utils/tuplestore.h"
}

using namespace ddm;

DDM_FUNCTION(ddm_rotate_key)
{
    char *name = text_to_cstring(PG_GETARG_TEXT_PP(0));

    require_policy_admin("rotate a key", "key", psprintf("key %s", name));
    if (RecoveryInProgress())
        ereport(ERROR, errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION), errmsg("cannot rotate a key during recovery"));
    mask_keys_refresh();
    uint32 before = core::key_generation({name, strlen(name)});
    uint32 after = mask_keys_add(name);
    policy_changed();
    PolicyEvent event = {};
    event.kind = EventKind::Policy;
    event.action = "key";
    event.object = psprintf("key %s", name);
    event.before = before ? psprintf("generation %u", before) : nullptr;
    event.after = psprintf("generation %u", after);
    audit_policy_event(event);
    PG_RETURN_INT32(static_cast<int32>(after));
}

// Run by CREATE EXTENSION: hash() works out of the box. A server that gets its keys elsewhere keeps them.
DDM_FUNCTION(ddm_make_default_key)
{
    const char *problem = mask_keys_refresh();

    if (mask_keys_by_command() || core::has_key("default"))
        PG_RETURN_BOOL(false);
    if (problem && strcmp(problem, "it does not exist") != 0) {
        ereport(
            WARNING, errcode(ERRCODE_CONFIG_FILE_ERROR), errmsg("the keys of %s are not usable", mask_keys_origin()),
            errdetail("The reason is that %s.", problem), errhint("Masks that need a key show default() until it is."));
        PG_RETURN_BOOL(false);
    }
    mask_keys_add("default");
    PG_RETURN_BOOL(true);
}

DDM_FUNCTION(ddm_list_keys)
{
    std::string_view name;
    uint32_t generation;

    InitMaterializedSRF(fcinfo, 0);
    ReturnSetInfo *rsinfo = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
    mask_keys_refresh();
    for (size_t i = 0; core::key_at(i, &name, &generation); i++) {
        Datum values[2] = {PointerGetDatum(cstring_to_text_with_len(name.data(), static_cast<int>(name.size()))),
                           Int32GetDatum(static_cast<int32>(generation))};
        bool nulls[2] = {false, false};
        tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
    }
    return 0;
}
