// What one role sees of one relation.
#include "pg/policy/masked_columns.h"

extern "C" {
#include "utils/typcache.h"
}

namespace ddm
{

bool masked_columns(Oid relation, Oid role, MaskedColumns *result)
{
    const RelationPolicy *policy = policy_of(relation);

    if (!policy)
        return false;
    *result = {relation, policy, policy_masked_for(policy, role), role};
    return true;
}

static Expr *column_as_seen(const MaskedColumns *columns, Form_pg_attribute attribute, Index varno)
{
    if (attribute->attisdropped) // of no type any more: what the server puts in such places
        return reinterpret_cast<Expr *>(
            makeConst(INT4OID, -1, InvalidOid, sizeof(int32), Int32GetDatum(0), true, true));
    if (bms_is_member(attribute->attnum, columns->masked))
        return policy_mask_expression(columns->policy, attribute->attnum, columns->role, varno);
    return reinterpret_cast<Expr *>(
        makeVar(varno, attribute->attnum, attribute->atttypid, attribute->atttypmod, attribute->attcollation, 0));
}

List *masked_target_list(const MaskedColumns *columns, Index varno)
{
    List *entries = NIL;
    Relation relation = table_open(columns->relation, NoLock); // the parser, the rewriter or the plan cache locked it
    TupleDesc descriptor = RelationGetDescr(relation);

    for (int i = 0; i < descriptor->natts; i++) {
        Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

        entries =
            lappend(entries, makeTargetEntry(column_as_seen(columns, attribute, varno), static_cast<AttrNumber>(i + 1),
                                             pstrdup(NameStr(attribute->attname)), false));
    }
    table_close(relation, NoLock);
    return entries;
}

static bool has_dropped_columns(Oid row_type)
{
    TupleDesc descriptor = lookup_rowtype_tupdesc(row_type, -1);
    bool found = false;

    for (int i = 0; i < descriptor->natts; i++)
        found |= TupleDescAttr(descriptor, i)->attisdropped;
    ReleaseTupleDesc(descriptor);
    return found;
}

// The planner takes `ROW(...) IS NULL` apart, field by field, and knows of no dropped ones: behind a conversion the
// executor asks the row's type, as it does for a row of the relation.
static Expr *keep_whole(RowExpr *row)
{
    if (!has_dropped_columns(row->row_typeid))
        return reinterpret_cast<Expr *>(row);
    ConvertRowtypeExpr *whole = makeNode(ConvertRowtypeExpr);
    whole->arg = reinterpret_cast<Expr *>(row);
    whole->resulttype = row->row_typeid;
    whole->convertformat = COERCE_IMPLICIT_CAST;
    whole->location = -1;
    return reinterpret_cast<Expr *>(whole);
}

Expr *masked_row(const List *target_list, Oid row_type)
{
    RowExpr *row = makeNode(RowExpr);
    ListCell *cell;

    foreach (cell, target_list)
        row->args = lappend(row->args, copyObjectImpl(lfirst_node(TargetEntry, cell)->expr));
    row->row_typeid = row_type;
    row->row_format = COERCE_IMPLICIT_CAST;
    row->location = -1;
    return keep_whole(row);
}

} // namespace ddm
