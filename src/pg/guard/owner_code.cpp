#include "pg/guard/owner_code.h"

extern "C" {
#include "access/sysattr.h"
#include "catalog/pg_index.h"
#include "commands/trigger.h"
#include "optimizer/optimizer.h"
#include "rewrite/rowsecurity.h"
#include "utils/relcache.h"
}
#include <initializer_list>

namespace ddm
{

static void add_expression(CodeColumns *seen, Node *expression)
{
    Bitmapset *offset = nullptr;
    int member = -1;
    pull_varattnos(expression, 1, &offset);
    while ((member = bms_next_member(offset, member)) >= 0) {
        const int attno = member + FirstLowInvalidHeapAttributeNumber;
        seen->all |= attno == InvalidAttrNumber; // the whole row
        if (attno > 0)
            seen->columns = bms_add_member(seen->columns, attno);
    }
}

static void add_policies(CodeColumns *seen, const RowSecurityDesc *security)
{
    ListCell *cell;
    foreach (cell, security ? security->policies : NIL) {
        const auto *policy = static_cast<RowSecurityPolicy *>(lfirst(cell));
        if (policy->hassublinks) {
            seen->all = true;
            continue;
        }
        add_expression(seen, reinterpret_cast<Node *>(policy->qual));
        add_expression(seen, reinterpret_cast<Node *>(policy->with_check_qual));
    }
}

static void add_constraints(CodeColumns *seen, TupleDesc descriptor)
{
    const TupleConstr *constraints = descriptor->constr;
    for (int i = 0; constraints && i < constraints->num_check; i++)
        add_expression(seen, static_cast<Node *>(stringToNode(constraints->check[i].ccbin)));
    for (int i = 0; constraints && i < constraints->num_defval; i++)
        add_expression(seen, static_cast<Node *>(stringToNode(constraints->defval[i].adbin)));
}

static void add_indexes(CodeColumns *seen, Relation relation)
{
    ListCell *cell;
    foreach (cell, RelationGetIndexList(relation)) {
        HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(cell)));
        if (!HeapTupleIsValid(tuple))
            continue;
        for (int column : {Anum_pg_index_indexprs, Anum_pg_index_indpred}) {
            bool null = true;
            Datum tree = SysCacheGetAttr(INDEXRELID, tuple, static_cast<AttrNumber>(column), &null);
            if (!null)
                add_expression(seen, static_cast<Node *>(stringToNode(TextDatumGetCString(tree))));
        }
        ReleaseSysCache(tuple);
    }
}

static bool has_trigger(const TriggerDesc *triggers)
{
    for (int i = 0; triggers && i < triggers->numtriggers; i++)
        if (!triggers->triggers[i].tgisinternal)
            return true;
    return false;
}

CodeColumns columns_seen_by_code(Oid relation, bool changed)
{
    CodeColumns seen = {nullptr, false};
    Relation opened = RelationIdGetRelation(relation);
    if (!RelationIsValid(opened))
        return seen;
    add_policies(&seen, opened->rd_rsdesc);
    if (changed) {
        add_constraints(&seen, RelationGetDescr(opened));
        add_indexes(&seen, opened);
        seen.all |= has_trigger(opened->trigdesc);
    }
    RelationClose(opened);
    return seen;
}

} // namespace ddm
