// The table of object events that ddm takes part in, and the hook that walks it.
#include "pg/object_access.h"
#include "pg/audit/audit_ddl.h"
#include "pg/audit/trail_guard.h"
#include "pg/code/compiled_code.h"
#include "pg/code/stored_code.h"
#include "pg/grant/grant_upkeep.h"
#include "pg/guard/function_guard.h"
#include "pg/guard/hot_counters.h"
#include "pg/guard/inherited_statistics.h"
#include "pg/guard/name_guard.h"
#include "pg/guard/object_guard.h"
#include "pg/label/condition_follow.h"
#include "pg/label/label_inherit.h"
#include "pg/label/mask_upkeep.h"
#include "pg/mask/trusted_function.h"
#include "pg/policy/policy.h"

extern "C" {
#include "catalog/dependency.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_cast.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
}

namespace ddm
{

static object_access_hook_type prev_object_access = nullptr;

struct ObjectEntry {
    ObjectAccessType access;
    Oid catalog;
    ObjectHandler handler;
};

static const ObjectEntry object_table[] = {
    {OAT_POST_CREATE, TriggerRelationId, guard_trigger_created},
    {OAT_POST_CREATE, RewriteRelationId, guard_rule_created}, // CREATE OR REPLACE too
    {OAT_POST_CREATE, ConstraintRelationId, guard_constraint_created},
    {OAT_POST_ALTER, ConstraintRelationId, guard_constraint_altered},
    {OAT_POST_CREATE, AttrDefaultRelationId, guard_column_expression},
    {OAT_POST_CREATE, RelationRelationId, guard_index_created},
    {OAT_POST_CREATE, PolicyRelationId, guard_policy_touched},
    {OAT_POST_ALTER, PolicyRelationId, guard_policy_touched},
    {OAT_POST_ALTER, RelationRelationId, guard_column_altered},
    {OAT_POST_ALTER, InheritsRelationId, guard_tree_altered},
    {OAT_POST_ALTER, InheritsRelationId, upkeep_tree_altered},
    {OAT_POST_ALTER, RelationRelationId, upkeep_relation_altered},
    {OAT_POST_ALTER, NamespaceRelationId, upkeep_schema_altered},
    {OAT_POST_CREATE, RelationRelationId, upkeep_column_added},
    {OAT_DROP, RelationRelationId, upkeep_column_dropped},
    {OAT_POST_ALTER, TypeRelationId, condition_type_altered},
    {OAT_POST_ALTER, TypeRelationId, upkeep_type_altered},
    {OAT_POST_ALTER, CollationRelationId, condition_collation_altered},
    {OAT_POST_ALTER, OperatorRelationId, condition_operator_altered},
    {OAT_DROP, TypeRelationId, condition_type_altered},
    {OAT_DROP, CollationRelationId, condition_collation_altered},
    {OAT_DROP, OperatorRelationId, condition_operator_altered},
    {OAT_POST_CREATE, RelationRelationId, grants_relation_created},
    {OAT_POST_ALTER, RelationRelationId, audit_relation_altered},
    {OAT_POST_ALTER, RelationRelationId, grants_relation_altered},
    {OAT_POST_ALTER, RelationRelationId, label_owner_changed},
    {OAT_DROP, RelationRelationId, audit_relation_dropped},
    {OAT_DROP, RelationRelationId, grants_relation_dropped},
    {OAT_DROP, RelationRelationId, statistics_relation_dropped},
    {OAT_POST_ALTER, NamespaceRelationId, audit_schema_altered},
    {OAT_POST_ALTER, NamespaceRelationId, grants_schema_altered},
    {OAT_DROP, NamespaceRelationId, grants_schema_dropped},
    {OAT_DROP, AuthIdRelationId, grants_role_dropped},
    {OAT_POST_CREATE, ProcedureRelationId, trusted_function_touched}, // CREATE OR REPLACE too
    {OAT_POST_ALTER, ProcedureRelationId, trusted_function_touched},
    {OAT_POST_CREATE, ProcedureRelationId, guard_function_changed},
    {OAT_POST_ALTER, ProcedureRelationId, guard_function_changed},
    {OAT_DROP, ProcedureRelationId, trusted_function_dropped},
    {OAT_POST_CREATE, ProcedureRelationId, guard_function_named},
    {OAT_POST_ALTER, ProcedureRelationId, guard_function_named},
    {OAT_POST_CREATE, RelationRelationId, guard_relation_named},
    {OAT_POST_ALTER, RelationRelationId, guard_relation_named},
    {OAT_POST_CREATE, TypeRelationId, guard_type_named},
    {OAT_POST_ALTER, TypeRelationId, guard_type_named},
    {OAT_POST_CREATE, OperatorRelationId, guard_operator_named},
    {OAT_POST_ALTER, OperatorRelationId, guard_operator_named},
    {OAT_POST_CREATE, NamespaceRelationId, guard_schema_named},
    {OAT_POST_ALTER, NamespaceRelationId, guard_schema_named},
    {OAT_POST_CREATE, RewriteRelationId, guard_view_changed},
    {OAT_POST_CREATE, TriggerRelationId, guard_trigger_made},
    {OAT_POST_CREATE, CastRelationId, guard_cast_made},
    {OAT_POST_CREATE, ConstraintRelationId, guard_domain_checked},
    {OAT_POST_CREATE, TriggerRelationId, trail_trigger_touched},
    {OAT_POST_ALTER, TriggerRelationId, trail_trigger_touched},
    {OAT_DROP, TriggerRelationId, trail_trigger_touched},
    {OAT_POST_CREATE, RewriteRelationId, trail_rule_touched},
    {OAT_POST_ALTER, RewriteRelationId, trail_rule_touched},
    {OAT_DROP, RewriteRelationId, trail_rule_touched},
    {OAT_POST_CREATE, PolicyRelationId, trail_policy_touched},
    {OAT_POST_ALTER, PolicyRelationId, trail_policy_touched},
    {OAT_DROP, PolicyRelationId, trail_policy_touched},
    {OAT_POST_CREATE, ProcedureRelationId, trail_function_touched},
    {OAT_POST_ALTER, ProcedureRelationId, trail_function_touched},
    {OAT_DROP, ProcedureRelationId, trail_function_touched},
    {OAT_DROP, InvalidOid, nullptr},
};

static bool is_internal(ObjectAccessType access, const void *argument)
{
    switch (access) {
    case OAT_POST_CREATE:
        return static_cast<const ObjectAccessPostCreate *>(argument)->is_internal;
    case OAT_POST_ALTER:
        return static_cast<const ObjectAccessPostAlter *>(argument)->is_internal;
    case OAT_DROP:
        return (static_cast<const ObjectAccessDrop *>(argument)->dropflags & PERFORM_DELETION_INTERNAL) != 0;
    default:
        return false;
    }
}

static void next_object_access(ObjectAccessType access, Oid catalog, Oid object, int sub, void *argument)
{
    if (prev_object_access)
        prev_object_access(access, catalog, object, sub, argument);
}

[[gnu::noinline]] static void walk_table(ObjectAccessType access, Oid catalog, Oid object, int sub, void *argument)
{
    next_object_access(access, catalog, object, sub, argument);
    if (access != OAT_POST_CREATE && access != OAT_POST_ALTER && access != OAT_DROP)
        return;
    if (catalog == ExtensionRelationId) {
        policy_changed(); // it may be ours that comes or goes: every session looks again
        return;
    }
    for (const ObjectEntry *entry = object_table; entry->handler; entry++)
        if (entry->access == access && entry->catalog == catalog && policy_active())
            entry->handler(object, sub, is_internal(access, argument));
}

[[gnu::noinline]] static void check_call(ObjectAccessType access, Oid catalog, Oid function, int sub, void *argument)
{
    if (is_hot_counter(function))
        refuse_hot_counter(function);
    check_validator(function);
    if (stored_code_running)
        check_called_by_code(function);
    next_object_access(access, catalog, function, sub, argument);
}

static void ddm_object_access(ObjectAccessType access, Oid catalog, Oid object, int sub, void *argument)
{
    if (access != OAT_FUNCTION_EXECUTE)
        walk_table(access, catalog, object, sub, argument);
    else if (object >= FirstUnpinnedObjectId || is_hot_counter(object))
        check_call(access, catalog, object, sub, argument);
    else
        next_object_access(access, catalog, object, sub, argument);
}

void object_access_install()
{
    prev_object_access = object_access_hook;
    object_access_hook = ddm_object_access;
}

} // namespace ddm
