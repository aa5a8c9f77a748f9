// Who calls an operator is asked whether he may call its function, and by that what its owner wrote is found. An operator over
// the server's own function, round() in the place of a division, does as much harm and calls nothing of its owner's.
#include "pg/code/operators_named.h"
#include "pg/base/source_words.h"
#include "pg/policy/roles.h"

extern "C" {
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/transam.h"
#include "catalog/pg_operator.h"
#include "utils/inval.h"
#include "utils/syscache.h"
}
#include <initializer_list>

namespace ddm
{

static List *made_here = NIL; // Form_pg_operator: those that are not the server's
static bool made_here_known = false;
static MemoryContext memory = nullptr;

static void operators_changed(Datum, int, uint32) { made_here_known = false; }

static Form_pg_operator copy_of(const FormData_pg_operator *row)
{
    auto *copy = static_cast<Form_pg_operator>(palloc(sizeof(FormData_pg_operator)));

    *copy = *row;
    return copy;
}

static void read_operators()
{
    Relation catalog = table_open(OperatorRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(catalog, InvalidOid, false, nullptr, 0, nullptr);
    HeapTuple tuple;

    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        const auto *row = reinterpret_cast<Form_pg_operator>(GETSTRUCT(tuple));
        if (row->oid < FirstNormalObjectId || !OidIsValid(row->oprcode))
            continue;
        MemoryContext old = MemoryContextSwitchTo(memory);
        made_here = lappend(made_here, copy_of(row));
        MemoryContextSwitchTo(old);
    }
    systable_endscan(scan);
    table_close(catalog, AccessShareLock);
}

static const List *operators_made_here()
{
    if (!memory) {
        memory = AllocSetContextCreate(CacheMemoryContext, "ddm operators", ALLOCSET_SMALL_SIZES);
        CacheRegisterSyscacheCallback(OPEROID, operators_changed, 0);
    }
    if (made_here_known)
        return made_here;
    MemoryContextReset(memory);
    made_here = NIL;
    made_here_known = true; // unless one comes while these are read
    read_operators();
    return made_here;
}

// IN, BETWEEN, CASE, NULLIF, DISTINCT, USING, LIKE and SIMILAR stand for these.
static bool has_a_word(const char *name)
{
    for (const char *known : {"=", "<>", "<", ">", "<=", ">=", "~~", "!~~", "~~*", "!~~*", "~", "!~"})
        if (strcmp(known, name) == 0)
            return true;
    return false;
}

bool may_mean_operator(const char *source, const char *name)
{
    return has_a_word(name) || strstr(source, name) != nullptr;
}

List *borrowing_operators_in(Oid function, const List *schemas)
{
    const char *source = nullptr;
    List *found = NIL;
    ListCell *cell;

    foreach (cell, operators_made_here()) {
        const auto *row = static_cast<Form_pg_operator>(lfirst(cell));
        if (!list_member_oid(schemas, row->oprnamespace) || function_owner(row->oprcode) == row->oprowner)
            continue;
        source = source ? source : function_source(function);
        if (may_mean_operator(source, NameStr(row->oprname)))
            found = lappend(found, copy_of(row));
    }
    return found;
}

} // namespace ddm
