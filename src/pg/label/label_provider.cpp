// The label provider `ddm`: who may set a label, on what, and what it has to say.
#include "pg/label/label_provider.h"
#include "pg/audit/audit.h"
#include "pg/label/derived.h"
#include "pg/label/label_store.h"
#include "pg/label/label_warn.h"
#include "pg/label/name_lock.h"
#include "pg/label/role_names.h"
#include "pg/mask/trusted_function.h"
#include "pg/policy/policy.h"
#include "pg/policy/policy_state.h"
#include "pg/policy/roles.h"

extern "C" {
#include "access/transam.h"
#include "catalog/catalog.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "commands/seclabel.h"
#include "parser/parse_func.h"
#include "utils/regproc.h"
}

namespace ddm
{

// The object that the current role was found to be entitled to label while the statement runs as its owner.
static Oid authorised_object = InvalidOid;
static Oid asking_user = InvalidOid; // who asked; InvalidOid where the statement runs as who he is

static void require_extension()
{
    if (policy_active())
        return;
    ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
            errmsg("extension \"ddm\" is not installed in this database"),
            errdetail("A masking label would have no effect here."), errhint("Run CREATE EXTENSION ddm first."));
}

static void refuse_kind(const ObjectAddress *object, const char *detail)
{
    ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
            errmsg("cannot set a masking label on %s", getObjectDescription(object, false)), errdetail("%s", detail),
            errhint("Label the column of the table that holds the values."));
}

static void check_relation(const ObjectAddress *object)
{
    if (object->objectId < FirstNormalObjectId || IsCatalogRelationOid(object->objectId))
        refuse_kind(object, "Relations of the system are not masked.");
    if (get_rel_namespace(object->objectId) == ddm_schema())
        refuse_kind(object, "Relations of the extension itself are not masked.");
    const char kind = get_rel_relkind(object->objectId);
    if (!can_be_masked(kind))
        refuse_kind(object, kind == RELKIND_VIEW ? "A view masks what the tables below it mask." : "It holds no rows.");
}

void record_as_asked(const PolicyEvent &event)
{
    Oid user;
    int context;
    GetUserIdAndSecContext(&user, &context); // the end of the transaction restores them too
    if (OidIsValid(asking_user))
        SetUserIdAndSecContext(asking_user, context);
    audit_policy_event(event);
    SetUserIdAndSecContext(user, context);
}

static void record_change(const ObjectAddress *object, const char *after)
{
    PolicyEvent event = {
        EventKind::Policy, "label", audit_object(object), GetSecurityLabel(object, label_provider), after, nullptr};
    record_as_asked(event);
    policy_changed();
}

static void label_column(const ObjectAddress *object, const char *label)
{
    check_relation(object);
    if (authorised_object != object->objectId)
        require_policy_admin("set a masking label", "label", audit_object(object));
    names_stay();
    if (label) {
        label_check(label, object->objectId, static_cast<AttrNumber>(object->objectSubId));
        role_names_follow();
        role_names_keep(label, true);
    }
    if (label)
        role_guard(relation_owner(object->objectId)); // who is exempt: not for the asking either
    CacheInvalidateRelcacheByRelid(object->objectId);
    record_change(object, label);
}

// The mark of guarded roles (roles.h), as a dump of the cluster brings it back, in whatever database.
static void label_role(const ObjectAddress *object, const char *label)
{
    if (!superuser())
        ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("permission denied to mark a role as guarded"),
                errdetail("Only superusers may."), errhint("GRANT UNMASK marks the roles that need it by itself."));
    if (label && pg_strcasecmp(label, "guarded") != 0)
        ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
                errmsg("invalid label for role \"%s\"", GetUserNameFromId(object->objectId, false)),
                errdetail("\"%s\" is no label of a role.", label), errhint("Use 'GUARDED', or NULL to take it off."));
    const char *before = GetSecurityLabel(object, label_provider);
    if (!before != !label)
        audit_cluster_event(
            {EventKind::Policy, "role", audit_object(object), before, label ? "GUARDED" : nullptr, nullptr});
}

static void check_label(const ObjectAddress *object, const char *label)
{
    if (object->classId == AuthIdRelationId) {
        label_role(object, label);
        return;
    }
    require_extension();
    if (object->classId == RelationRelationId && object->objectSubId > 0) {
        label_column(object, label);
        return;
    }
    if (object->classId == ProcedureRelationId) {
        if (authorised_object != object->objectId)
            require_policy_admin("trust a mask function", "trust", audit_object(object));
        trusted_check_label(object, label);
        return;
    }
    refuse_kind(object, "Labels of provider \"ddm\" stand on columns.");
}

// The server asks for ownership before it asks the provider, and owning the object is what counts least here: a
// policy admin's label is set as the owner, once it is clear who asks. A superuser needs nobody's rights: the owner may
// not even reach the schema.
static void run_as(Oid owner, Oid object, UtilityCall *call)
{
    const Oid outer = authorised_object;
    const Oid outer_user = asking_user;
    PG_TRY();
    {
        authorised_object = object;
        asking_user = GetUserId();
        if (superuser())
            utility_run(call);
        else
            utility_run_as(call, owner);
    }
    PG_FINALLY();
    {
        authorised_object = outer;
        asking_user = outer_user;
    }
    PG_END_TRY();
}

static void column_statement(UtilityCall *call, SecLabelStmt *statement)
{
    auto *name = castNode(List, statement->object);
    if (list_length(name) < 2) {
        utility_run(call); // the server says what is wrong with it
        return;
    }
    auto *column = static_cast<Node *>(llast(name));
    RangeVar *relation = makeRangeVarFromNameList(list_truncate(list_copy(name), list_length(name) - 1));
    // As strong as the server's own lock: nobody renames it under us.
    Oid oid = RangeVarGetRelid(relation, ShareUpdateExclusiveLock, true);
    if (!OidIsValid(oid)) {
        utility_run(call);
        return;
    }
    char *schema = get_namespace_name(get_rel_namespace(oid));
    char *table = get_rel_name(oid);
    require_policy_admin("set a masking label", "label", // there need not be such a column
                         psprintf("column %s of table %s", strVal(column), quote_qualified_identifier(schema, table)));
    statement->object = reinterpret_cast<Node *>(list_make3(makeString(schema), makeString(table), column));
    run_as(relation_owner(oid), oid, call);
    CommandCounterIncrement();
    if (!statement->label)
        return;
    label_warn_code(oid);
    derived_follow(oid);
}

static void function_statement(UtilityCall *call, SecLabelStmt *statement)
{
    auto *name = castNode(ObjectWithArgs, statement->object);
    Oid function = LookupFuncWithArgs(statement->objtype, name, true);
    if (!OidIsValid(function)) {
        utility_run(call);
        return;
    }
    ObjectAddress address = {ProcedureRelationId, function, 0};
    require_policy_admin("trust a mask function", "trust", audit_object(&address));
    name->objname =
        list_make2(makeString(get_namespace_name(get_func_namespace(function))), makeString(get_func_name(function)));
    Oid user;
    int context;
    GetUserIdAndSecContext(&user, &context); // the end of the transaction restores them too
    SetUserIdAndSecContext(function_owner(function), context | SECURITY_LOCAL_USERID_CHANGE);
    statement->label = const_cast<char *>(trusted_label(function, name, statement->label));
    SetUserIdAndSecContext(user, context);
    run_as(function_owner(function), function, call);
}

void label_statement(UtilityCall *call)
{
    auto *statement = reinterpret_cast<SecLabelStmt *>(call->statement->utilityStmt);
    bool ours = statement->provider && strcmp(statement->provider, label_provider) == 0 && policy_active();
    if (ours && statement->objtype == OBJECT_COLUMN)
        column_statement(call, statement);
    else if (ours && (statement->objtype == OBJECT_FUNCTION || statement->objtype == OBJECT_ROUTINE))
        function_statement(call, statement);
    else
        utility_run(call);
}

void label_provider_install() { register_label_provider(label_provider, check_label); }

} // namespace ddm
