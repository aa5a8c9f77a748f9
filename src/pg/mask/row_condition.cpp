// WHEN conditions: SQL over the columns of one row; see row_condition.h.
#include "pg/mask/row_condition.h"
#include "pg/base/relation_tree.h"
#include "pg/base/tree.h"
#include "pg/mask/trusted_function.h"
#include "pg/policy/fixed_settings.h"

extern "C" {
#include "access/sysattr.h"
#include "access/transam.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_node.h"
#include "parser/parse_relation.h"
#include "parser/parser.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/resowner.h"
}

namespace ddm
{

[[noreturn]] static void refuse(const char *detail, const char *hint)
{
    ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("invalid masking condition"), errdetail("%s", detail),
            errhint("%s", hint));
    pg_unreachable();
}

static const char *const plain_hint = "Write a condition on the row's own columns, such as region <> 'EU'.";

// Functions that answer who asks and when, which no setting of the client's changes.
static const char *const fixed_by_server[] = {"now",
                                              "transaction_timestamp",
                                              "statement_timestamp",
                                              "pg_has_role",
                                              "current_database",
                                              "inet_client_addr",
                                              "inet_server_addr",
                                              "inet_server_port",
                                              "getpgusername"};

// Immutable, the server says; what they answer follows extra_float_digits, bytea_output, quote_all_identifiers or TimeZone.
static const Oid immutable_but_set[] = {F_FLOAT4OUT,  F_FLOAT8OUT, F_POINT_OUT,   F_LSEG_OUT,
                                        F_PATH_OUT,   F_BOX_OUT,   F_LINE_OUT,    F_POLY_OUT,
                                        F_CIRCLE_OUT, F_BYTEAOUT,  F_QUOTE_IDENT, F_AGE_TIMESTAMPTZ_TIMESTAMPTZ};

static bool is_immutable_but_set(Oid function)
{
    for (Oid known : immutable_but_set)
        if (function == known)
            return true;
    return false;
}

static bool is_fixed_by_server(Oid function)
{
    char *name = get_func_name(function);
    for (const char *known : fixed_by_server)
        if (name && strcmp(name, known) == 0)
            return true;
    return false;
}

static bool is_servers_own(Oid function) { return get_func_namespace(function) == PG_CATALOG_NAMESPACE; }

static bool is_settable_function(Oid function, void *)
{
    const bool immutable = func_volatile(function) == PROVOLATILE_IMMUTABLE;
    if (!is_servers_own(function))
        return !immutable;
    return immutable ? is_immutable_but_set(function) : !is_fixed_by_server(function);
}

static Node *zone_argument(const FuncExpr *call)
{
    if (call->funcid == F_TIMEZONE_TEXT_TIMESTAMPTZ || call->funcid == F_TIMEZONE_TEXT_TIMESTAMP)
        return static_cast<Node *>(linitial(call->args));
    return DDM_ADDS_IN_ZONE(call->funcid) ? static_cast<Node *>(llast(call->args)) : nullptr;
}

// AT TIME ZONE and the like: abbreviations mean what timezone_abbreviations says, and come before the names that zones have.
// None of them has a slash, and none of the server's sets gives UTC or GMT another meaning.
static bool is_settable_zone(Node *node)
{
    if (!IsA(node, FuncExpr))
        return false;
    Node *zone = zone_argument(reinterpret_cast<FuncExpr *>(node));
    if (!zone)
        return false;
    if (!IsA(zone, Const) || reinterpret_cast<Const *>(zone)->constisnull)
        return true;
    const char *name = TextDatumGetCString(reinterpret_cast<Const *>(zone)->constvalue);
    return !strchr(name, '/') && pg_strcasecmp(name, "UTC") != 0 && pg_strcasecmp(name, "GMT") != 0;
}

// XML prints by xmlbinary and the time zone, JSON of moments by the latter.
static bool is_settable_document(Node *node)
{
    if (IsA(node, XmlExpr))
        return reinterpret_cast<XmlExpr *>(node)->op != IS_DOCUMENT;
    return DDM_IS_JSON_EXPRESSION(node) && contain_mutable_functions(node);
}

static bool is_settable_value(const SQLValueFunction *value)
{
    switch (value->op) {
    case SVFOP_CURRENT_TIMESTAMP:
    case SVFOP_CURRENT_TIMESTAMP_N:
    case SVFOP_CURRENT_ROLE:
    case SVFOP_CURRENT_USER:
    case SVFOP_USER:
    case SVFOP_SESSION_USER:
    case SVFOP_CURRENT_CATALOG:
        return false;
    default: // dates and times of the client's zone, CURRENT_SCHEMA
        return true;
    }
}

static bool settable_walker(Node *node, void *context)
{
    if (!node)
        return false;
    if (IsA(node, SQLValueFunction) && is_settable_value(reinterpret_cast<SQLValueFunction *>(node)))
        return true;
    if (is_settable_document(node) || is_settable_zone(node) ||
        check_functions_in_node(node, is_settable_function, context))
        return true;
    return walk_expression(node, settable_walker, context);
}

bool row_condition_is_settable(Node *condition) { return settable_walker(condition, nullptr); }

static void check_volatility(Oid function)
{
    if (func_volatile(function) == PROVOLATILE_VOLATILE)
        refuse(psprintf("Function \"%s\" is volatile.", get_func_name(function)), plain_hint);
}

static bool check_function(Oid function, void *)
{
    if (!is_servers_own(function))
        refuse(psprintf("Function \"%s\" is neither the server's own nor trusted.", get_func_name(function)),
               "A condition sees stored values: a function has to stand in pg_catalog or be labelled TRUSTED MASK.");
    check_volatility(function);
    return false;
}

// A call by name. Of an operator's function the server would take the negator's instead where that serves it.
static bool calls_trusted(Node *node)
{
    return IsA(node, FuncExpr) && !is_servers_own(reinterpret_cast<FuncExpr *>(node)->funcid) &&
           function_is_trusted(reinterpret_cast<FuncExpr *>(node)->funcid);
}

static bool is_strangers_dictionary(const Const *value)
{
    return (value->consttype == REGCONFIGOID || value->consttype == REGDICTIONARYOID) && !value->constisnull &&
           DatumGetObjectId(value->constvalue) >= FirstNormalObjectId;
}

static bool check_walker(Node *node, void *context)
{
    if (!node)
        return false;
    if (IsA(node, Var) && reinterpret_cast<Var *>(node)->varattno <= 0)
        refuse("It asks for a system column or the whole row.", plain_hint);
    if (IsA(node, Const) && is_strangers_dictionary(reinterpret_cast<Const *>(node)))
        refuse("It searches by a text search configuration or dictionary that is not the server's own.",
               "A condition sees stored values: only what stands in pg_catalog may.");
    if (IsA(node, CoerceToDomain))
        refuse("It casts to a domain, whose checks are code of their owner's.", plain_hint);
    if (calls_trusted(node))
        check_volatility(reinterpret_cast<FuncExpr *>(node)->funcid);
    else
        check_functions_in_node(node, check_function, context);
    return walk_expression(node, check_walker, context);
}

static bool distrusted_walker(Node *node, void *context)
{
    if (!node)
        return false;
    if (IsA(node, FuncExpr)) {
        const Oid function = reinterpret_cast<FuncExpr *>(node)->funcid;
        if (function >= FirstNormalObjectId && !trusted_owner_holds(function))
            return true;
    }
    return walk_expression(node, distrusted_walker, context);
}

bool row_condition_holds_trust(Node *condition) { return !distrusted_walker(condition, nullptr); }

// The one expression of `text`, which the grammar for PL/pgSQL would let go on with FROM, WHERE and so on.
static Node *parse_expression(const char *text)
{
    List *statements = raw_parser(text, RAW_PARSE_PLPGSQL_EXPR);
    auto *select = castNode(SelectStmt, linitial_node(RawStmt, statements)->stmt);
    auto *target = list_length(select->targetList) == 1 ? linitial_node(ResTarget, select->targetList) : nullptr;
    bool bare = list_length(statements) == 1 && target && !target->name && target->indirection == NIL &&
                select->distinctClause == NIL && !select->intoClause && select->fromClause == NIL &&
                !select->whereClause && select->groupClause == NIL && !select->havingClause &&
                select->windowClause == NIL && select->sortClause == NIL && !select->limitOffset &&
                !select->limitCount && select->lockingClause == NIL && !select->withClause && select->op == SETOP_NONE;
    if (!bare)
        refuse("It is not one expression.", plain_hint);
    return target->val;
}

Node *row_condition_raw(const char *text)
{
    const int level = fix_settings();
    Node *raw = parse_expression(text);
    AtEOXact_GUC(true, level);
    return raw;
}

static bool is_in_tree(Relation relation)
{
    return relation->rd_rel->relhassubclass || relation_ancestors(RelationGetRelid(relation)) != NIL;
}

// Nothing is stored of a virtual column, and each table of a tree may compute it in its own way: what holds where a row is
// written need not hold where it is read.
static void check_virtual(Relation relation, Node *condition)
{
    Bitmapset *used = nullptr;
    int member = -1;

    pull_varattnos(condition, 1, &used);
    while ((member = bms_next_member(used, member)) >= 0) {
        const int attno = member + FirstLowInvalidHeapAttributeNumber;
        const char generated = TupleDescAttr(RelationGetDescr(relation), attno - 1)->attgenerated;
        if (generated && generated != ATTRIBUTE_GENERATED_STORED && is_in_tree(relation))
            refuse("It asks for a virtual generated column of a table that has partitions or children, or is one.",
                   "Ask for the columns that it is computed from.");
    }
}

static Node *transform(const char *text, Oid relation_oid, ConditionPlace place)
{
    int level = fix_settings();
    Node *raw = parse_expression(text);
    Relation relation = table_open(relation_oid, AccessShareLock);
    ParseState *state = make_parsestate(nullptr);
    state->p_sourcetext = text;
    ParseNamespaceItem *item = addRangeTableEntryForRelation(state, relation, AccessShareLock, nullptr, false, false);
    addNSItemToQuery(state, item, false, true, true);
    Node *condition = transformExpr(state, raw, EXPR_KIND_TRIGGER_WHEN);
    condition = coerce_to_boolean(state, condition, "WHEN");
    assign_expr_collations(state, condition);
    check_walker(condition, nullptr);
    check_virtual(relation, condition);
    if (place == ConditionPlace::Base && row_condition_is_settable(condition))
        refuse("What it asks for can be set by the client, and a base mask would be lifted by it.",
               "Put the condition on a FOR branch, where it chooses between masks.");
    free_parsestate(state);
    table_close(relation, NoLock);
    AtEOXact_GUC(true, level);
    return condition;
}

struct ConditionContext {
    const char *text;
    int offset;
};

// The server's own complaints point into the condition, not into the statement that sets the label.
static void explain_place(void *argument)
{
    auto *context = static_cast<ConditionContext *>(argument);
    int position = geterrposition();
    if (position > 0) {
        errposition(0);
        internalerrposition(position);
        internalerrquery(context->text);
    }
    errcontext("condition at character %d of the label", context->offset + 1);
}

Node *row_condition_check(const char *text, Oid relation, ConditionPlace place, int offset)
{
    ConditionContext context = {text, offset};
    ErrorContextCallback callback = {error_context_stack, explain_place, &context};
    error_context_stack = &callback;
    Node *condition = transform(text, relation, place);
    error_context_stack = callback.previous;
    return condition;
}

// Only what a changed catalog makes wrong with a label is swallowed.
static bool is_about_the_condition(int code)
{
    int category = ERRCODE_TO_CATEGORY(code);
    return category == ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION || category == ERRCODE_DATA_EXCEPTION ||
           category == ERRCODE_FEATURE_NOT_SUPPORTED || category == ERRCODE_INVALID_SCHEMA_NAME;
}

static void release(ResourceOwner owner, bool good)
{
    ResourceOwnerRelease(owner, RESOURCE_RELEASE_BEFORE_LOCKS, good, false);
    ResourceOwnerRelease(owner, RESOURCE_RELEASE_LOCKS, good, false);
    ResourceOwnerRelease(owner, RESOURCE_RELEASE_AFTER_LOCKS, good, false);
    ResourceOwnerDelete(owner);
}

Node *row_condition_bind(const char *text, Oid relation, ConditionPlace place)
{
    MemoryContext const here = CurrentMemoryContext;
    ResourceOwner const outer = CurrentResourceOwner;
    ResourceOwner const own = ResourceOwnerCreate(outer, "ddm condition");
    Node *volatile condition = nullptr;
    int const level = NewGUCNestLevel();

    PG_TRY();
    {
        CurrentResourceOwner = own;
        error_context_stack = nullptr; // nobody sees an error that is swallowed: it is none that shows anything
        condition = transform(text, relation, place);
    }
    PG_CATCH();
    {
        MemoryContextSwitchTo(here);
        CurrentResourceOwner = outer;
        if (!is_about_the_condition(geterrcode()))
            PG_RE_THROW();
        FlushErrorState();
    }
    PG_END_TRY();
    AtEOXact_GUC(true, level);
    CurrentResourceOwner = outer;
    release(own, condition != nullptr);
    CurrentResourceOwner = outer;
    return condition;
}

} // namespace ddm
