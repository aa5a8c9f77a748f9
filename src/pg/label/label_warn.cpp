// What is allowed in a label, and likely not meant.
#include "pg/label/label_warn.h"
#include "pg/code/code_functions.h"
#include "pg/code/strangers.h"
#include "pg/policy/roles.h"

extern "C" {
#include "access/sysattr.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "optimizer/optimizer.h"
#include "utils/partcache.h"
}

namespace ddm
{

static bool in_foreign_key(Relation relation, AttrNumber attno)
{
    ListCell *cell;
    foreach (cell, RelationGetFKeyList(relation)) {
        auto *key = static_cast<ForeignKeyCacheInfo *>(lfirst(cell));
        for (int i = 0; i < key->nkeys; i++)
            if (key->conkey[i] == attno)
                return true;
    }
    return false;
}

static bool in_primary_key(Relation relation, AttrNumber attno)
{
    Bitmapset *columns = RelationGetIndexAttrBitmap(relation, INDEX_ATTR_BITMAP_PRIMARY_KEY);
    return bms_is_member(attno - FirstLowInvalidHeapAttributeNumber, columns);
}

void label_warn_constant(Oid oid, AttrNumber attno, bool shows_null)
{
    Relation relation = table_open(oid, AccessShareLock);
    const FormData_pg_attribute *column = TupleDescAttr(RelationGetDescr(relation), attno - 1);
    const char *name = NameStr(column->attname);
    const char *key = in_primary_key(relation, attno)   ? "primary key"
                      : in_foreign_key(relation, attno) ? "foreign key"
                                                        : nullptr;
    if (key)
        ereport(WARNING, errmsg("the mask of column \"%s\" shows the same in every row", name),
                errdetail("The column is part of a %s: joins over it would match every row with every row.", key),
                errhint("Use hash(), token() or fpe(), which keep different values different."));
    if (shows_null && column->attnotnull)
        ereport(WARNING, errmsg("the mask of column \"%s\" shows nulls, the column is NOT NULL", name),
                errdetail("Programs that rely on NOT NULL may fail on what they are shown."),
                errhint("Use default(), or a value of the column's type."));
    table_close(relation, AccessShareLock);
}

static bool in_partition_key(Relation relation, AttrNumber attno)
{
    PartitionKey key =
        relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE ? RelationGetPartitionKey(relation) : nullptr;
    Bitmapset *used = nullptr;

    if (!key)
        return false;
    for (int i = 0; i < key->partnatts; i++)
        if (key->partattrs[i] == attno)
            return true;
    pull_varattnos(reinterpret_cast<Node *>(key->partexprs), 1, &used);
    return bms_is_member(attno - FirstLowInvalidHeapAttributeNumber, used);
}

void label_warn_partition_key(Oid oid, AttrNumber attno)
{
    Relation relation = table_open(oid, AccessShareLock);

    if (in_partition_key(relation, attno))
        ereport(WARNING,
                errmsg("column \"%s\" is masked and decides which partition a row is in",
                       NameStr(TupleDescAttr(RelationGetDescr(relation), attno - 1)->attname)),
                errdetail("Who reads the table sees each row's partition, and with it the bounds of the value."),
                errhint("Partition by a column that is not masked."));
    table_close(relation, AccessShareLock);
}

static bool is_of_a_stranger(Oid writer, Oid relation)
{
    return !owns_relation(writer, relation) && !is_policy_admin(writer) && sees_masks(writer, list_make1_oid(relation));
}

void label_warn_code(Oid relation)
{
    ListCell *cell;

    foreach (cell, functions_over(relation)) {
        const Oid writer = function_owner(lfirst_oid(cell));
        if (is_of_a_stranger(writer, relation))
            ereport(WARNING,
                    errmsg("function \"%s\" goes on working on stored values of relation \"%s\"",
                           get_func_name(lfirst_oid(cell)), get_rel_name(relation)),
                    errdetail("It belongs to role \"%s\", who sees masks, and was there before these.",
                              GetUserNameFromId(writer, true)),
                    errhint("Look what it does with them."));
    }
}

void label_warn_role(const char *name, const char *consequence)
{
    if (!OidIsValid(get_role_oid(name, true)))
        ereport(WARNING, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("role \"%s\" does not exist", name),
                errdetail("%s", consequence),
                errhint("Check the name. Once there is such a role, set the mask again."));
}

} // namespace ddm
