#include "pg/rewrite/statistics_sources.h"

extern "C" {
#include "access/relation.h"
#include "access/sysattr.h"
#include "catalog/index.h"
#include "catalog/pg_class.h"
#include "catalog/pg_statistic_ext.h"
#include "optimizer/optimizer.h"
}

namespace ddm
{

static void add_of_expressions(SourceColumns *sources, Node *expressions)
{
    Bitmapset *offset = nullptr;
    int member = -1;

    pull_varattnos(expressions, 1, &offset);
    while ((member = bms_next_member(offset, member)) >= 0)
        if (member + FirstLowInvalidHeapAttributeNumber >= 0)
            sources->columns = bms_add_member(sources->columns, member + FirstLowInvalidHeapAttributeNumber);
}

static SourceColumns sources_of_index_column(Oid index_oid, AttrNumber column)
{
    Relation index = try_relation_open(index_oid, AccessShareLock);
    if (!index)
        return {InvalidOid, nullptr};
    SourceColumns sources = {index->rd_index->indrelid, nullptr};
    if (column < 1 || column > index->rd_index->indnatts)
        sources.columns = bms_make_singleton(0);
    else if (index->rd_index->indkey.values[column - 1] > 0)
        sources.columns = bms_make_singleton(index->rd_index->indkey.values[column - 1]);
    else
        add_of_expressions(&sources, reinterpret_cast<Node *>(RelationGetIndexExpressions(index)));
    relation_close(index, AccessShareLock);
    return sources;
}

SourceColumns sources_of_column(Oid relation, AttrNumber attno)
{
    const char kind = get_rel_relkind(relation);
    if (kind == RELKIND_INDEX || kind == RELKIND_PARTITIONED_INDEX)
        return sources_of_index_column(relation, attno);
    return {relation, attno > 0 ? bms_make_singleton(attno) : nullptr};
}

SourceColumns sources_of_statistics(Oid statistics)
{
    HeapTuple tuple = SearchSysCache1(STATEXTOID, ObjectIdGetDatum(statistics));
    if (!HeapTupleIsValid(tuple))
        return {InvalidOid, nullptr};
    auto *form = reinterpret_cast<Form_pg_statistic_ext>(GETSTRUCT(tuple));
    SourceColumns sources = {form->stxrelid, nullptr};
    for (int i = 0; i < form->stxkeys.dim1; i++)
        sources.columns = bms_add_member(sources.columns, form->stxkeys.values[i]);
    bool is_null = true;
    Datum tree = SysCacheGetAttr(STATEXTOID, tuple, Anum_pg_statistic_ext_stxexprs, &is_null);
    if (!is_null)
        add_of_expressions(&sources, static_cast<Node *>(stringToNode(TextDatumGetCString(tree))));
    ReleaseSysCache(tuple);
    return sources;
}

} // namespace ddm
