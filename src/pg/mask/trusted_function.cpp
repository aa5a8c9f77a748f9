// User-written mask functions: which are trusted, and when trust is lost.
#include "pg/mask/trusted_function.h"
#include "pg/audit/audit.h"
#include "pg/base/report.h"
#include "pg/code/code_finding.h"
#include "pg/code/code_functions.h"
#include "pg/label/label_provider.h"
#include "pg/label/label_store.h"
#include "pg/mask/domain_checks.h"
#include "pg/mask/trusted_defaults.h"
#include "pg/policy/fixed_settings.h"
#include "pg/policy/policy.h"
#include "pg/policy/roles.h"
#include "core/label.h"

extern "C" {
#include "catalog/pg_language.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "commands/defrem.h"
#include "commands/seclabel.h"
#include "lib/stringinfo.h"
#include "parser/parse_coerce.h"
#include "parser/parse_node.h"
#include "utils/catcache.h"
#include "utils/datum.h"
#include "utils/regproc.h"
}

namespace ddm
{

static const char digest_mark[] = " sha256:";

static void append_datum(StringInfo buffer, Datum value, const FormData_pg_attribute *column)
{
    if (column->attbyval) {
        appendBinaryStringInfo(buffer, reinterpret_cast<char *>(&value), sizeof value);
        return;
    }
    const void *bytes = DatumGetPointer(value);
    if (column->attlen == -1)
        bytes = PG_DETOAST_DATUM(value);
    appendBinaryStringInfo(buffer, static_cast<const char *>(bytes),
                           static_cast<int>(datumGetSize(PointerGetDatum(bytes), false, column->attlen)));
}

// Everything that makes the function what it is: its row but for the privileges on it.
static char *digest_of(HeapTuple tuple)
{
    Relation functions = table_open(ProcedureRelationId, AccessShareLock);
    TupleDesc columns = RelationGetDescr(functions);
    StringInfoData buffer;
    initStringInfo(&buffer);
    appendBinaryStringInfo(&buffer, "\0\0\0\0", VARHDRSZ);
    for (int i = 0; i < columns->natts; i++) {
        bool null;
        Datum value = heap_getattr(tuple, i + 1, columns, &null);
        appendStringInfoChar(&buffer, null ? 'n' : 'v');
        if (!null && i + 1 != Anum_pg_proc_proacl)
            append_datum(&buffer, value, TupleDescAttr(columns, i));
    }
    table_close(functions, AccessShareLock);
    SET_VARSIZE(buffer.data, buffer.len);
    Datum digest = DirectFunctionCall1(sha256_bytea, PointerGetDatum(buffer.data));
    auto *bytes = DatumGetByteaPP(digest);
    StringInfoData text_form;
    initStringInfo(&text_form);
    for (size_t i = 0; i < VARSIZE_ANY_EXHDR(bytes); i++)
        appendStringInfo(&text_form, "%02x", static_cast<unsigned char>(VARDATA_ANY(bytes)[i]));
    return text_form.data;
}

static bool owner_may_be_trusted(Oid owner) { return superuser_arg(owner) || is_policy_admin(owner); }

static ObjectAddress function_address(Oid function)
{
    ObjectAddress address;
    ObjectAddressSet(address, ProcedureRelationId, function);
    return address;
}

static bool is_trusted(HeapTuple tuple)
{
    auto *row = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple));
    ObjectAddress address = function_address(row->oid);
    const char *label = GetSecurityLabel(&address, label_provider);
    const char *mark = label ? strstr(label, digest_mark) : nullptr;
    return mark && owner_may_be_trusted(row->proowner) && strcmp(mark + strlen(digest_mark), digest_of(tuple)) == 0;
}

bool function_is_trusted(Oid function)
{
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple))
        return false;
    const bool trusted = is_trusted(tuple);
    ReleaseSysCache(tuple);
    return trusted;
}

bool trusted_owner_holds(Oid function)
{
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple))
        return false;
    const bool holds = owner_may_be_trusted(reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple))->proowner);
    ReleaseSysCache(tuple);
    return holds;
}

static bool fits(const FormData_pg_proc *row, Oid schema, int arguments, const MaskTarget &target)
{
    if (row->pronamespace != schema || arguments > row->pronargs || arguments < row->pronargs - row->pronargdefaults ||
        row->prokind != PROKIND_FUNCTION || row->proretset || OidIsValid(row->provariadic))
        return false;
    Oid first = row->proargtypes.values[0];
    Oid base = getBaseType(target.type);
    // text for varchar, say: the same bytes, so that no conversion can fail on a value.
    return (first == target.type || IsBinaryCoercible(base, first)) &&
           (row->prorettype == target.type || IsBinaryCoercible(row->prorettype, base));
}

// The one that needs the fewest defaults.
static HeapTuple find_function(const core::MaskCall &call, const MaskTarget &target)
{
    HeapTuple found = nullptr;
    int fewest = 0;
    Oid schema = get_namespace_oid(call.schema.c_str(), true);
    if (!OidIsValid(schema))
        return nullptr;
    CatCList *list = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(call.name.c_str()));
    for (int i = 0; i < list->n_members; i++) {
        HeapTuple tuple = &list->members[i]->tuple;
        auto *row = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple));
        if (!fits(row, schema, static_cast<int>(call.arguments.size()) + 1, target) ||
            (found && row->pronargs >= fewest))
            continue;
        found = heap_copytuple(tuple);
        fewest = row->pronargs;
    }
    ReleaseSysCacheList(list);
    return found;
}

static Node *argument_constant(const core::Argument &argument, Oid type)
{
    int16 length;
    bool by_value;
    bool null = argument.kind == core::Argument::Kind::Null;
    get_typlenbyval(type, &length, &by_value);
    Datum value = read_constant(null ? nullptr : pstrdup(argument.text.c_str()), type, -1);
    return reinterpret_cast<Node *>(makeConst(type, -1, get_typcollation(type), length, value, null, by_value));
}

core::Status trusted_bind(const core::MaskCall &call, const MaskTarget &target, bool quiet, const TrustedMask **mask)
{
    *mask = nullptr;
    for (const core::Argument &argument : call.arguments)
        if (argument.kind == core::Argument::Kind::Call || !argument.name.empty())
            return core::Status::error(core::Code::Unsupported,
                                       "arguments of a trusted function are constants, unnamed", argument.position,
                                       argument.length);
    HeapTuple tuple = find_function(call, target);
    if (!tuple)
        return core::Status::error(core::Code::Unknown, "no such function that takes the column's type and returns it",
                                   call.position, call.length,
                                   "Its first argument and its result must be of the type of the column.");
    if (!is_trusted(tuple))
        return quiet
                   ? core::Status::ok()
                   : core::Status::error(core::Code::Unsupported, "the function is not trusted", call.position,
                                         call.length, "Run SECURITY LABEL FOR ddm ON FUNCTION ... IS 'TRUSTED MASK'.");
    auto *row = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple));
    auto *bound = static_cast<TrustedMask *>(palloc0(sizeof(TrustedMask)));
    bound->function = row->oid;
    bound->value_type = row->proargtypes.values[0];
    bound->result_type = row->prorettype;
    for (size_t i = 0; i < call.arguments.size(); i++)
        bound->arguments =
            lappend(bound->arguments, argument_constant(call.arguments[i], row->proargtypes.values[i + 1]));
    bound->arguments =
        list_concat(bound->arguments, default_arguments(tuple, row->pronargs - 1 - list_length(bound->arguments)));
    if (list_length(bound->arguments) != row->pronargs - 1)
        return core::Status::error(core::Code::Unsupported, "a parameter has a default that is no constant",
                                   call.position, call.length, "Say the arguments of the function in the label.");
    *mask = bound;
    return core::Status::ok();
}

// The server's own coercion, length by a cast of the type to itself, but for a domain's checks, which it would run as
// whoever reads.
static Expr *to_column(Expr *result, Oid type, const MaskTarget &target)
{
    const bool asks = domain_has_checks(target.type);
    int32 typmod = target.typmod;
    const Oid wanted = asks ? getBaseTypeAndTypmod(target.type, &typmod) : target.type;
    auto *coerced = reinterpret_cast<Expr *>(coerce_to_target_type(
        nullptr, reinterpret_cast<Node *>(result), type, wanted, typmod, COERCION_EXPLICIT, COERCE_IMPLICIT_CAST, -1));
    if (!coerced)
        elog(ERROR, "cannot coerce the result of a mask function to the column's type");
    if (!asks)
        return coerced;
    coerced = reinterpret_cast<Expr *>(
        makeRelabelType(coerced, target.type, target.typmod, target.collation, COERCE_IMPLICIT_CAST));
    return mask_apply_expression(mask_bind_fit(target), coerced, target);
}

// Null stays null, whatever the function makes of it.
static Expr *unless_null(Expr *value, Expr *result, const MaskTarget &target)
{
    NullTest *test = makeNode(NullTest);
    test->arg = static_cast<Expr *>(copyObjectImpl(value));
    test->nulltesttype = IS_NULL;
    test->location = -1;
    CaseWhen *arm = makeNode(CaseWhen);
    arm->expr = reinterpret_cast<Expr *>(test);
    arm->result = value;
    arm->location = -1;
    CaseExpr *choice = makeNode(CaseExpr);
    choice->casetype = target.type;
    choice->casecollid = target.collation;
    choice->args = list_make1(arm);
    choice->defresult = result;
    choice->location = -1;
    return reinterpret_cast<Expr *>(choice);
}

Expr *trusted_expression(const TrustedMask *mask, Expr *value, const MaskTarget &target)
{
    List *arguments = static_cast<List *>(copyObjectImpl(mask->arguments));
    auto *argument = static_cast<Expr *>(copyObjectImpl(value));
    if (mask->value_type != target.type)
        argument = reinterpret_cast<Expr *>(
            makeRelabelType(argument, mask->value_type, -1, target.collation, COERCE_IMPLICIT_CAST));
    FuncExpr *call = makeFuncExpr(mask->function, mask->result_type, lcons(argument, arguments), target.collation,
                                  target.collation, COERCE_EXPLICIT_CALL);
    Expr *result = to_column(reinterpret_cast<Expr *>(call), mask->result_type, target);
    return func_strict(mask->function) ? result : unless_null(value, result, target);
}

// What can be said against the label and the function, whoever sets it.
static void validate_label(Oid function, const char *label)
{
    const char *mark = strstr(label, digest_mark);
    core::Status status =
        core::parse_function_label(std::string_view(label, mark ? static_cast<size_t>(mark - label) : strlen(label)));
    if (!status)
        report(status, "label", label);
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple))
        elog(ERROR, "cache lookup failed for function %u", function);
    auto *row = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple));
    bool plain =
        row->prokind == PROKIND_FUNCTION && !row->proretset && row->pronargs > 0 && !OidIsValid(row->provariadic);
    bool trustworthy = owner_may_be_trusted(row->proowner);
    ReleaseSysCache(tuple);
    if (!plain)
        ereport(ERROR, errcode(ERRCODE_WRONG_OBJECT_TYPE),
                errmsg("function %s cannot mask a column", format_procedure(function)),
                errdetail("A mask takes the column's value first and returns one value."),
                errhint("Give the function an argument, and no set or VARIADIC."));
    if (!trustworthy)
        ereport(ERROR, errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                errmsg("function %s cannot be trusted", format_procedure(function)),
                errdetail("Its owner is neither a superuser nor a member of %s, and could replace it.", role_admin),
                errhint("Change the owner of the function first."));
}

static void record(const ObjectAddress *object, const char *after, const char *reason)
{
    PolicyEvent event = {
        EventKind::Policy, "trust", audit_object(object), GetSecurityLabel(object, label_provider), after, reason};
    record_as_asked(event);
    policy_changed();
}

void trusted_check_label(const ObjectAddress *object, const char *label)
{
    if (label)
        validate_label(object->objectId, label);
    record(object, label, nullptr);
}

// Could anybody but policy admins make a function there that fits a call better than the one that is meant?
static bool is_closed(Oid schema)
{
    HeapTuple tuple = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(schema));
    if (!HeapTupleIsValid(tuple))
        return false;
    bool null;
    bool closed = owner_may_be_trusted(reinterpret_cast<Form_pg_namespace>(GETSTRUCT(tuple))->nspowner);
    Datum datum = SysCacheGetAttr(NAMESPACEOID, tuple, Anum_pg_namespace_nspacl, &null);
    Acl *acl = null ? nullptr : DatumGetAclPCopy(datum);
    ReleaseSysCache(tuple);
    for (int i = 0; acl && i < ACL_NUM(acl); i++) {
        const AclItem *item = &ACL_DAT(acl)[i];
        if (ACLITEM_GET_PRIVS(*item) & ACL_CREATE)
            closed = closed && item->ai_grantee != ACL_ID_PUBLIC && owner_may_be_trusted(item->ai_grantee);
    }
    return closed;
}

// A function that finds what it calls by the search_path of whoever runs the query can be made to hand over the
// values: where it has no search_path of its own it gets one.
static void pin_search_path(Oid function, ObjectWithArgs *name)
{
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple))
        return;
    auto *row = reinterpret_cast<Form_pg_proc>(GETSTRUCT(tuple));
    bool pinned = has_path_of_its_own(function);
    bool parsed_once = row->prolang == ClanguageId || functions_reached_by(function) == NIL;
    char *schema = is_closed(row->pronamespace) ? get_namespace_name(row->pronamespace) : nullptr;
    ReleaseSysCache(tuple);
    if (pinned || parsed_once)
        return;

    VariableSetStmt *set = makeNode(VariableSetStmt);
    set->kind = VAR_SET_VALUE;
    set->name = pstrdup("search_path");
    const char *const path[] = {"pg_catalog", schema, "pg_temp"};
    for (const char *one : path) {
        if (!one)
            continue;
        A_Const *constant = makeNode(A_Const);
        constant->val.sval.type = T_String;
        constant->val.sval.sval = pstrdup(one);
        constant->location = -1;
        set->args = lappend(set->args, constant);
    }
    AlterFunctionStmt *alter = makeNode(AlterFunctionStmt);
    alter->objtype = OBJECT_FUNCTION;
    alter->func = name; // qualified by the caller
    alter->actions = list_make1(makeDefElem(pstrdup("set"), reinterpret_cast<Node *>(set), -1));
    AlterFunction(make_parsestate(nullptr), alter);
    CommandCounterIncrement();
    ereport(NOTICE,
            errmsg("the function's search_path was set to pg_catalog, %spg_temp",
                   schema ? psprintf("%s, ", quote_identifier(schema)) : ""),
            errdetail("Otherwise whoever queries the column would choose what the function calls."),
            schema ? 0
                   : errhint("Its own schema is left out, since others may create functions there: call what is in "
                             "it by qualified names."));
}

const char *trusted_label(Oid function, ObjectWithArgs *name, const char *label)
{
    if (!label)
        return nullptr;
    validate_label(function, label);
    pin_search_path(function, name);
    HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple))
        elog(ERROR, "cache lookup failed for function %u", function);
    const char *whole = psprintf("TRUSTED MASK%s%s", digest_mark, digest_of(tuple));
    ReleaseSysCache(tuple);
    return whole;
}

void trusted_function_dropped(Oid function, int, bool)
{
    ObjectAddress address = function_address(function);
    if (GetSecurityLabel(&address, label_provider))
        record(&address, nullptr, "the function was dropped");
}

void trusted_function_touched(Oid function, int sub, bool internal)
{
    ObjectAddress address = function_address(function);
    if (!GetSecurityLabel(&address, label_provider))
        return;
    record(&address, nullptr, "the function was changed");
    SetSecurityLabel(&address, label_provider, nullptr);
}

} // namespace ddm
