#include "pg/guard/refused_access.h"
#include "pg/audit/audit.h"
#include "pg/errors/errors.h"
#include "pg/policy/policy.h"
#include "pg/policy/policy_state.h"

extern "C" {
#include "catalog/pg_class.h"
#include "catalog/pg_proc.h"
#include "utils/catcache.h"
#include "utils/syscache.h"
}

namespace ddm
{

// What an error names; Stored is the setting that the statement at hand would store, of which the error says nothing.
enum class Named { Function, Relation, Schema, Setting, Extension, Stored };

struct Refusal {
    const char *message; // as it stands in the server's source
    Named what;
    const char *kind;
    const char *doing;
};

static const Refusal refusals[] = {
    {"permission denied for function %s", Named::Function, "function", "call"},
    {"permission denied for procedure %s", Named::Function, "function", "call"},
    {"permission denied for routine %s", Named::Function, "function", "call"},
    {"permission denied for table %s", Named::Relation, "table", "read or change"},
    {"permission denied for view %s", Named::Relation, "view", "read or change"},
    {"permission denied for schema %s", Named::Schema, "schema", "use or create in"},
    {"permission denied to set parameter \"%s\"", Named::Setting, "setting", "set"},
    {"permission denied for parameter %s", Named::Setting, "setting", "grant or revoke the right to set"},
    {"permission denied", Named::Stored, "setting", "set"},
    {"permission denied to alter role", Named::Stored, "setting", "set"},
    {"permission denied to alter setting", Named::Stored, "setting", "set"},
    {"must be superuser to alter superusers", Named::Stored, "setting", "set"},
    {"must be superuser to alter settings globally", Named::Stored, "setting", "set"},
    {"must be owner of database %s", Named::Stored, "setting", "set"},
    {"must be owner of extension %s", Named::Extension, "extension", "alter or drop"},
    {"must be owner of function %s", Named::Function, "function", "alter or drop"},
    {"must be owner of table %s", Named::Relation, "table", "alter or drop"},
    {"must be owner of view %s", Named::Relation, "view", "alter or drop"},
    {"must be owner of schema %s", Named::Schema, "schema", "alter or drop"},
};

static const Refusal *refusal_of(const ErrorData *error)
{
    if (error->sqlerrcode == ERRCODE_INSUFFICIENT_PRIVILEGE && error->elevel == ERROR && error->message_id &&
        error->message)
        for (const Refusal &refusal : refusals)
            if (strcmp(refusal.message, error->message_id) == 0)
                return &refusal;
    return nullptr;
}

// What stands for %s, in whatever language the message is; nullptr where that can't be told.
static const char *name_in(const ErrorData *error)
{
    const char *format = dgettext(error->domain, error->message_id);
    const char *hole = strstr(format, "%s");
    if (!hole)
        return nullptr;
    const auto before = static_cast<size_t>(hole - format);
    const size_t after = strlen(hole + 2), length = strlen(error->message);
    return length > before + after ? pnstrdup(error->message + before, length - before - after) : nullptr;
}

static Oid schema_of(HeapTuple tuple, Named what)
{
    return what == Named::Function ? reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple))->pronamespace
                                   : reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relnamespace;
}

// Most messages leave the schema out: is it ddm's, or may it be another's of the same name?
static void find(const char *name, Named what, bool *own, bool *others)
{
    CatCList *list = what == Named::Function ? SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(name))
                                             : SearchSysCacheList1(RELNAMENSP, CStringGetDatum(name));
    *own = *others = false;
    for (int i = 0; i < list->n_members; i++)
        *(schema_of(&list->members[i]->tuple, what) == ddm_schema() ? own : others) = true;
    ReleaseSysCacheList(list);
}

// ALTER ROLE or ALTER DATABASE ... SET (RESET ALL leaves alone what its caller may not set).
static const char *stored_setting()
{
    const ErrorFrame *frame = errors_innermost_frame();
    const Node *statement = frame ? frame->statement->utilityStmt : nullptr;
    const VariableSetStmt *set = nullptr;
    if (statement && IsA(statement, AlterRoleSetStmt))
        set = reinterpret_cast<const AlterRoleSetStmt *>(statement)->setstmt;
    else if (statement && IsA(statement, AlterDatabaseSetStmt))
        set = reinterpret_cast<const AlterDatabaseSetStmt *>(statement)->setstmt;
    return set ? set->name : nullptr;
}

static const char *own_object(const Refusal *refusal, const char *name)
{
    bool own = false, others = false;
    if (refusal->what == Named::Schema)
        return strcmp(name, "ddm") == 0 ? "schema ddm" : nullptr;
    if (refusal->what == Named::Extension)
        return strcmp(name, "ddm") == 0 ? "extension ddm" : nullptr;
    if (refusal->what == Named::Setting || refusal->what == Named::Stored)
        return pg_strncasecmp(name, "ddm.", 4) == 0 ? psprintf("setting %s", name) : nullptr;
    if (pg_strncasecmp(name, "ddm.", 4) == 0) // as it was written
        return psprintf("%s %s", refusal->kind, name);
    find(name, refusal->what, &own, &others);
    if (!own)
        return nullptr;
    return psprintf("%s %s%s", refusal->kind, others ? "" : "ddm.", quote_identifier(name));
}

void refused_access_note(const ErrorData *error)
{
    const Refusal *refusal = refusal_of(error);
    if (!refusal || InterruptHoldoffCount > 0 || CritSectionCount > 0 || !policy_active())
        return;
    const char *name = refusal->what == Named::Stored ? stored_setting() : name_in(error);
    const char *object = name ? own_object(refusal, name) : nullptr;
    if (object)
        audit_denied_event(EventKind::Denied, "privilege", object, refusal->doing);
}

} // namespace ddm
