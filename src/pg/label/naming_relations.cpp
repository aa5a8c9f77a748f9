#include "pg/label/naming_relations.h"
#include "pg/base/relation_tree.h"
#include "pg/label/label_inherit.h"
#include "pg/label/label_store.h"
#include "pg/policy/relation_policy.h"
#include "pg/policy/rules.h"

extern "C" {
#include "access/transam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "nodes/bitmapset.h"
}

namespace ddm
{

// What a catalog whose first column is the OID has in the schema.
static List *objects_in(Oid schema, Oid catalog, AttrNumber schema_column)
{
    List *objects = NIL;
    Relation relation = table_open(catalog, AccessShareLock);
    SysScanDesc scan = systable_beginscan(relation, InvalidOid, false, nullptr, 0, nullptr);
    HeapTuple tuple;
    bool null;
    while (HeapTupleIsValid(tuple = systable_getnext(scan)))
        if (DatumGetObjectId(heap_getattr(tuple, schema_column, RelationGetDescr(relation), &null)) == schema)
            objects = lappend_oid(objects, DatumGetObjectId(heap_getattr(tuple, 1, RelationGetDescr(relation), &null)));
    systable_endscan(scan);
    table_close(relation, AccessShareLock);
    return objects;
}

List *relations_in(Oid schema) { return objects_in(schema, RelationRelationId, Anum_pg_class_relnamespace); }

List *types_in(Oid schema) { return objects_in(schema, TypeRelationId, Anum_pg_type_typnamespace); }

List *relations_with(const List *types)
{
    List *relations = NIL;
    Relation attributes = table_open(AttributeRelationId, AccessShareLock);
    SysScanDesc scan = systable_beginscan(attributes, InvalidOid, false, nullptr, 0, nullptr);
    HeapTuple tuple;
    while (HeapTupleIsValid(tuple = systable_getnext(scan))) {
        auto *row = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(tuple));
        if (row->attrelid >= FirstNormalObjectId && row->atttypid >= FirstNormalObjectId &&
            list_member_oid(types, row->atttypid))
            relations = list_append_unique_oid(relations, row->attrelid);
    }
    systable_endscan(scan);
    table_close(attributes, AccessShareLock);
    return relations;
}

static bool may_name(const char *mask, const char *name)
{
    return strcasestr(mask, "policy") || (strcasestr(mask, "when") && (!name || strcasestr(mask, name)));
}

static bool rules_may_name(const char *name)
{
    int count = 0;
    const Rule *rules = rules_exist() ? rules_loaded(&count) : nullptr;

    for (int i = 0; i < count; i++)
        if (may_name(rules[i].mask, name))
            return true;
    return false;
}

static bool has_rule_with_condition(Oid relation)
{
    const RelationPolicy *policy = policy_whatever_mode(relation);

    for (int attno = -1; policy && (attno = bms_next_member(policy->masked, attno)) >= 0;)
        if (policy->columns[attno]->source == MaskSource::Rule && policy->columns[attno]->choice)
            return true;
    return false;
}

List *relations_naming(const char *name)
{
    List *relations = NIL;
    ListCell *cell;

    foreach (cell, labels_of_everything(label_provider)) {
        const auto *label = static_cast<StoredLabel *>(lfirst(cell));
        if (strcasestr(label->text, "policy") && get_rel_name(label->relation))
            relations = list_append_unique_oid(relations, label->relation);
    }
    foreach (cell, rules_may_name(name) ? relations_of_users() : NIL)
        if (has_rule_with_condition(lfirst_oid(cell)))
            relations = list_append_unique_oid(relations, lfirst_oid(cell));
    return relations;
}

} // namespace ddm
