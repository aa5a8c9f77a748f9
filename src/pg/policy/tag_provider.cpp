// The label provider `ddm_tag`: what columns, tables, schemas and the database hold.
#include "pg/policy/tag_provider.h"
#include "pg/audit/audit.h"
#include "pg/base/report.h"
#include "pg/label/label_store.h"
#include "pg/label/name_lock.h"
#include "pg/policy/classification_level.h"
#include "pg/policy/policy.h"
#include "pg/policy/policy_state.h"
#include "pg/policy/roles.h"
#include "pg/policy/rules.h"
#include "core/label.h"

#include <new>

extern "C" {
#include "access/relation.h"
#include "access/transam.h"
#include "catalog/catalog.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/pg_database.h"
#include "catalog/pg_namespace.h"
#include "commands/seclabel.h"
}

namespace ddm
{

static void check_text(const char *label)
{
    core::Status status;
    char *level_name = nullptr;
    {
        core::Tags tags;
        status = core::parse_tags(label, tags);
        // A level's name is no longer than this: the grammar bounds it to what a label holds.
        if (status && !tags.level_name.text.empty() && tags.level_name.text.size() < NAMEDATALEN)
            level_name = static_cast<char *>(malloc(NAMEDATALEN));
        if (level_name)
            strlcpy(level_name, tags.level_name.text.c_str(), NAMEDATALEN);
    }
    if (!status)
        report(status, "label", label);
    if (!level_name)
        return;
    char name[NAMEDATALEN];
    strlcpy(name, level_name, sizeof name);
    free(level_name);
    int level;
    if (!classification_level(name, &level)) // a dump brings labels before the levels' names
        ereport(WARNING, errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("classification level \"%s\" does not exist", name),
                errdetail("Until it does, it counts as the highest."), errhint("See ddm.classification_levels."));
}

static void refuse_kind(const ObjectAddress *object, const char *detail)
{
    ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
            errmsg("cannot set tags on %s", getObjectDescription(object, false)), errdetail("%s", detail),
            errhint("Tags stand on columns, tables, schemas and the database."));
}

static void check_kind(const ObjectAddress *object)
{
    if (object->classId == NamespaceRelationId)
        return;
    if (object->classId != RelationRelationId)
        refuse_kind(object, "It holds no columns.");
    if (object->objectId < FirstNormalObjectId || IsCatalogRelationOid(object->objectId))
        refuse_kind(object, "Relations of the system are not masked.");
    if (get_rel_namespace(object->objectId) == ddm_schema())
        refuse_kind(object, "Relations of the extension itself are not masked.");
    if (!can_be_masked(get_rel_relkind(object->objectId)))
        refuse_kind(object, "It holds no rows of its own.");
}

// The object whose tags may be set while the statement runs as somebody else.
static ObjectAddress authorised = {InvalidOid, InvalidOid, 0};

// What a dump labels before the extension is there (schemas and the database come first): it takes effect with it.
static bool may_come_before_extension(const ObjectAddress *object)
{
    if (object->classId == DatabaseRelationId)
        return object->objectId != MyDatabaseId || !policy_active();
    return object->classId == NamespaceRelationId && !policy_active();
}

static void check_tags(const ObjectAddress *object, const char *label)
{
    if (may_come_before_extension(object)) {
        require_policy_admin("set tags", "tags", audit_object(object));
        if (label)
            check_text(label);
        return;
    }
    if (!policy_active())
        ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                errmsg("extension \"ddm\" is not installed in this database"),
                errdetail("Tags would have no effect here."), errhint("Run CREATE EXTENSION ddm first."));
    if (object->classId != DatabaseRelationId)
        check_kind(object);
    if (authorised.classId != object->classId || authorised.objectId != object->objectId)
        require_policy_admin("set tags", "tags", audit_object(object));
    names_stay();
    if (label)
        check_text(label);
    PolicyEvent event = {
        EventKind::Policy, "tags", audit_object(object), GetSecurityLabel(object, tag_provider), label, nullptr};
    audit_policy_event(event);
    if (object->classId == RelationRelationId)
        CacheInvalidateRelcacheByRelid(object->objectId);
    else
        rules_changed();
    policy_changed();
}

// The name with its schema, so that it means the same under another user's search_path.
static void qualify(SecLabelStmt *statement, const ObjectAddress *object)
{
    if (object->classId != RelationRelationId)
        return;
    List *name = list_make2(makeString(get_namespace_name(get_rel_namespace(object->objectId))),
                            makeString(get_rel_name(object->objectId)));
    if (statement->objtype == OBJECT_COLUMN)
        name = lappend(name, llast(castNode(List, statement->object)));
    statement->object = reinterpret_cast<Node *>(name);
}

void tag_statement(UtilityCall *call)
{
    auto *statement = reinterpret_cast<SecLabelStmt *>(call->statement->utilityStmt);
    if (!statement->provider || strcmp(statement->provider, tag_provider) != 0 || !policy_active()) {
        utility_run(call);
        return;
    }
    require_policy_admin("set tags", "tags", nullptr);
    Relation relation = nullptr;
    ObjectAddress object =
        get_object_address(statement->objtype, statement->object, &relation, ShareUpdateExclusiveLock, false);
    if (relation)
        relation_close(relation, NoLock);
    qualify(statement, &object);

    const ObjectAddress outer = authorised;
    PG_TRY();
    {
        authorised = object;
        utility_run_as(call, BOOTSTRAP_SUPERUSERID);
    }
    PG_FINALLY();
    {
        authorised = outer;
    }
    PG_END_TRY();
}

void tag_provider_install() { register_label_provider(tag_provider, check_tags); }

} // namespace ddm
