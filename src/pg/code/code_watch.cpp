#include "pg/code/code_watch.h"
#include "pg/policy/policy_state.h"

extern "C" {
#include "rewrite/rewriteSupport.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/syscache.h"
}
#include <initializer_list>

namespace ddm
{

// All that an invalidation tells of what changed.
struct WatchedCode {
    int cache;
    uint32 hash;
};

static HTAB *watched = nullptr;

static void changed(Datum, int cache, uint32 hash)
{
    const WatchedCode code = {cache, hash};

    if (hash == 0 || hash_search(watched, &code, HASH_FIND, nullptr))
        policy_stale();
}

static void make_table()
{
    HASHCTL control = {};

    control.keysize = sizeof(WatchedCode);
    control.entrysize = sizeof(WatchedCode);
    control.hcxt = CacheMemoryContext;
    watched = hash_create("ddm watched code", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
    for (int cache : {PROCOID, RULERELNAME, TYPEOID})
        CacheRegisterSyscacheCallback(cache, changed, 0);
}

static WatchedCode invalidation_of(Code kind, Oid object)
{
    const Datum key = ObjectIdGetDatum(object);

    switch (kind) {
    case Code::Function:
        return {PROCOID, GetSysCacheHashValue1(PROCOID, key)};
    case Code::View:
        return {RULERELNAME, GetSysCacheHashValue2(RULERELNAME, key, CStringGetDatum(ViewSelectRuleName))};
    default:
        return {TYPEOID, GetSysCacheHashValue1(TYPEOID, key)};
    }
}

void watch_code(Code kind, Oid object)
{
    const WatchedCode code = invalidation_of(kind, object);

    if (!watched)
        make_table();
    hash_search(watched, &code, HASH_ENTER, nullptr);
}

} // namespace ddm
