// ddm.grant_unmask() and ddm.revoke_unmask(): UNMASK with what GRANT has no grammar for, a tag, an end, a reason.
#include "pg/policy/policy.h"
#include "pg/grant/unmask_objects.h"

extern "C" {
#include "utils/array.h"
#include "utils/timestamp.h"
}

namespace ddm
{

enum Argument { arg_role, arg_relation, arg_columns, arg_schema, arg_tag };

static List *column_names(ArrayType *array)
{
    List *names = NIL;
    Datum *elements;
    bool *nulls;
    int count;
    deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &count);
    for (int i = 0; i < count; i++) {
        if (nulls[i])
            ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("a column name is null"),
                    errdetail("Every element of columns names a column."), errhint("Leave the null out."));
        names = lappend(names, makeString(TextDatumGetCString(elements[i])));
    }
    return names;
}

[[noreturn]] static void refuse_arguments(const char *detail)
{
    ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("UNMASK on what is not clear"),
            errdetail("%s", detail), errhint("Give one of relation (with or without columns), schema and tag."));
    pg_unreachable();
}

static UnmaskGrant *tag_object(FunctionCallInfo fcinfo)
{
    UnmaskGrant *object = unmask_object(GrantKind::Tag);
    char *tag = text_to_cstring(PG_GETARG_TEXT_PP(arg_tag));
    if (tag[0] == '\0')
        refuse_arguments("The tag is empty.");
    object->tag = tag;
    return object;
}

static List *objects_of(FunctionCallInfo fcinfo, bool is_grant)
{
    int given = !PG_ARGISNULL(arg_relation) + !PG_ARGISNULL(arg_schema) + !PG_ARGISNULL(arg_tag);
    if (given != 1)
        refuse_arguments(given == 0 ? "Neither relation nor schema nor tag is given."
                                    : "More than one of relation, schema and tag is given.");
    if (!PG_ARGISNULL(arg_columns) && PG_ARGISNULL(arg_relation))
        refuse_arguments("Columns are given without their relation.");
    if (!PG_ARGISNULL(arg_tag))
        return list_make1(tag_object(fcinfo));
    if (!PG_ARGISNULL(arg_schema))
        return unmask_add_schema(NIL, NameStr(*PG_GETARG_NAME(arg_schema)), is_grant);

    Oid relation = PG_GETARG_OID(arg_relation);
    char *name = get_rel_name(relation);
    if (!name)
        ereport(ERROR, errcode(ERRCODE_UNDEFINED_TABLE), errmsg("relation with OID %u does not exist", relation),
                errdetail("There is nothing to grant or revoke UNMASK on."), errhint("Check the name."));
    unmask_check_relation(relation);
    List *columns = PG_ARGISNULL(arg_columns) ? NIL : column_names(PG_GETARG_ARRAYTYPE_P(arg_columns));
    if (!PG_ARGISNULL(arg_columns) && columns == NIL)
        refuse_arguments("The list of columns is empty.");
    return unmask_add_relation(NIL, relation, columns);
}

static UnmaskRequest request_of(FunctionCallInfo fcinfo, bool is_grant)
{
    UnmaskRequest request = {};
    PreventCommandIfReadOnly(is_grant ? "ddm.grant_unmask()" : "ddm.revoke_unmask()");
    if (!policy_active())
        elog(ERROR, "extension \"ddm\" is not active in this database");
    if (PG_ARGISNULL(arg_role))
        ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the role is null"),
                errdetail("UNMASK is granted to a role."), errhint("Name the role."));
    request.is_grant = is_grant;
    request.grantees = list_make1_oid(unmask_role_named(NameStr(*PG_GETARG_NAME(arg_role))));
    request.objects = objects_of(fcinfo, is_grant);
    request.until = DT_NOEND;
    return request;
}

static char *text_argument(FunctionCallInfo fcinfo, int number)
{
    return PG_ARGISNULL(number) ? nullptr : text_to_cstring(PG_GETARG_TEXT_PP(number));
}

} // namespace ddm

using namespace ddm;

// (role name, relation regclass, columns text[], schema name, tag text, until timestamptz, reason text,
//  with_grant_option bool)
DDM_FUNCTION(ddm_grant_unmask)
{
    UnmaskRequest request = request_of(fcinfo, true);
    if (!PG_ARGISNULL(5))
        request.until = PG_GETARG_TIMESTAMPTZ(5);
    if (request.until <= GetCurrentTimestamp())
        ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("the grant would end before it begins"),
                errdetail("The time given is %s.", timestamptz_to_str(request.until)),
                errhint("Give a time to come, such as now() + interval '90 days'."));
    request.reason = text_argument(fcinfo, 6);
    request.option = !PG_ARGISNULL(7) && PG_GETARG_BOOL(7);
    unmask_execute(&request);
    PG_RETURN_VOID();
}

// (role name, relation regclass, columns text[], schema name, tag text, reason text, cascade bool)
DDM_FUNCTION(ddm_revoke_unmask)
{
    UnmaskRequest request = request_of(fcinfo, false);
    request.reason = text_argument(fcinfo, 5);
    request.cascade = !PG_ARGISNULL(6) && PG_GETARG_BOOL(6);
    unmask_execute(&request);
    PG_RETURN_VOID();
}
