// Which relations an error may speak of.
#include "pg/errors/error_relations.h"
#include "pg/base/relation_mark.h"
#include "pg/base/relation_tree.h"
#include "pg/policy/policy.h"
#include "pg/rewrite/plan_note.h"

extern "C" {
#include "access/parallel.h"
#include "access/sysattr.h"
#include "access/transam.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_partitioned_table.h"
#include "miscadmin.h"
#include "nodes/bitmapset.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
}

namespace ddm
{

static bool own_columns_hidden(Oid relation, const Bitmapset *only, const List *roles)
{
    const RelationPolicy *policy = policy_of(relation);
    if (!policy)
        return false;

    const Bitmapset *masked = policy_masked_columns(policy);
    int attno = -1;
    while ((attno = bms_next_member(masked, attno)) >= 0) {
        if (only && !bms_is_member(attno, only))
            continue;
        ListCell *cell;
        foreach (cell, roles)
            if (policy_decide(policy, static_cast<AttrNumber>(attno), lfirst_oid(cell)).verdict == Verdict::Masked)
                return true;
    }
    return false;
}

// Columns of a child on which its parent has no mask in force: the others are decided at the parent, where the
// statement reads them.
static Bitmapset *masked_in_child_alone(Oid child, Oid parent)
{
    const RelationPolicy *policy = policy_of(child);
    const RelationPolicy *of_parent = policy_of(parent);
    Bitmapset *result = nullptr;
    if (!policy)
        return nullptr;

    const Bitmapset *masked = policy_masked_columns(policy);
    int attno = -1;
    while ((attno = bms_next_member(masked, attno)) >= 0) {
        char *name = get_attname(child, static_cast<AttrNumber>(attno), true);
        AttrNumber above = name ? get_attnum(parent, name) : InvalidAttrNumber;
        if (above == InvalidAttrNumber || !of_parent || !bms_is_member(above, policy_masked_columns(of_parent)))
            result = bms_add_member(result, attno);
    }
    return result;
}

bool relation_hides(Oid relation, const Bitmapset *only, const List *roles)
{
    // Dropped since it was read: its policy can't be asked any more.
    if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relation)))
        return true;
    if (own_columns_hidden(relation, only, roles))
        return true;
    if (!has_subclass(relation))
        return false;

    ListCell *cell;
    foreach (cell, find_all_inheritors(relation, NoLock, nullptr)) {
        Oid child = lfirst_oid(cell);
        Bitmapset *alone = child == relation ? nullptr : masked_in_child_alone(child, relation);
        if (alone && own_columns_hidden(child, alone, roles))
            return true;
    }
    return false;
}

static Bitmapset *attributes_of_array(HeapTuple tuple, AttrNumber column)
{
    bool is_null;
    Datum datum = SysCacheGetAttr(CONSTROID, tuple, column, &is_null);
    Bitmapset *result = nullptr;
    if (is_null)
        return nullptr;

    ArrayType *array = DatumGetArrayTypeP(datum);
    auto *numbers = reinterpret_cast<int16 *>(ARR_DATA_PTR(array));
    int count = ARR_NDIM(array) == 1 ? ARR_DIMS(array)[0] : 0;
    for (int i = 0; i < count; i++)
        if (numbers[i] > 0)
            result = bms_add_member(result, numbers[i]);
    return result;
}

// Both ends of a foreign key hold the same values.
static bool foreign_key_hides(Oid constraint, const List *roles)
{
    HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));
    if (!HeapTupleIsValid(tuple))
        return true;
    auto *form = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));
    bool hides = form->contype != CONSTRAINT_FOREIGN ||
                 relation_hides(form->conrelid, attributes_of_array(tuple, Anum_pg_constraint_conkey), roles) ||
                 relation_hides(form->confrelid, attributes_of_array(tuple, Anum_pg_constraint_confkey), roles);
    ReleaseSysCache(tuple);
    return hides;
}

// Columns that an index's key shows; *known is false where `index` is not one of the relation's.
static Bitmapset *index_columns(Oid index, Oid relation, bool *known)
{
    Bitmapset *result = nullptr;
    HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
    *known = false;
    if (!HeapTupleIsValid(tuple))
        return nullptr;

    auto *form = reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple));
    *known = form->indrelid == relation;
    for (int i = 0; i < form->indnatts; i++)
        if (form->indkey.values[i] > 0)
            result = bms_add_member(result, form->indkey.values[i]);
    if (!heap_attisnull(tuple, Anum_pg_index_indexprs, nullptr))
        *known = false; // an expression may be over any column
    ReleaseSysCache(tuple);
    return result;
}

static bool key_hides(Oid relation, const char *constraint, const List *roles)
{
    bool known = false;
    Oid index = constraint ? get_relname_relid(constraint, get_rel_namespace(relation)) : InvalidOid;
    Bitmapset *columns = OidIsValid(index) ? index_columns(index, relation, &known) : nullptr;
    return relation_hides(relation, known ? columns : nullptr, roles);
}

static Oid named_relation(const ErrorData *error)
{
    Oid schema = error->schema_name && error->table_name ? get_namespace_oid(error->schema_name, true) : InvalidOid;
    return OidIsValid(schema) ? get_relname_relid(error->table_name, schema) : InvalidOid;
}

static Oid named_foreign_key(const ErrorData *error, Oid relation)
{
    return error->constraint_name ? get_relation_constraint_oid(relation, error->constraint_name, true) : InvalidOid;
}

int named_relation_hides(const ErrorData *error, const List *roles)
{
    Oid relation = named_relation(error);
    if (!OidIsValid(relation))
        return -1;

    switch (error->sqlerrcode) {
    case ERRCODE_FOREIGN_KEY_VIOLATION:
    case ERRCODE_RESTRICT_VIOLATION: {
        Oid constraint = named_foreign_key(error, relation);
        return OidIsValid(constraint) ? foreign_key_hides(constraint, roles) : -1;
    }
    case ERRCODE_UNIQUE_VIOLATION:
    case ERRCODE_EXCLUSION_VIOLATION:
        return key_hides(relation, error->constraint_name, roles);
    default:
        return relation_hides(relation, nullptr, roles);
    }
}

static bool has_row_security(Oid relation)
{
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple))
        return true;
    bool result = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relrowsecurity;
    ReleaseSysCache(tuple);
    return result;
}

static bool notes_speak_of(const PlannedStmt *statement, Oid relation)
{
    ListCell *cell;
    PlanNote note;
    foreach (cell, statement->invalItems)
        if (plan_note_read(lfirst(cell), &note) && (note.kind == NoteKind::Masked || note.kind == NoteKind::Clear) &&
            note.value == relation)
            return true;
    return false;
}

bool plan_hides(const PlannedStmt *plan, const List *roles)
{
    // Workers get their plan without notes.
    bool has_notes = plan_has_notes(plan);
    ListCell *cell;
    foreach (cell, plan->rtable) {
        auto *rte = lfirst_node(RangeTblEntry, cell);
        if (rte->rtekind != RTE_RELATION || !policy_of(rte->relid))
            continue;
        // A foreign table's wrapper reads whole rows, and quotes the line of a file that it does not understand.
        bool works_on_stored = !has_notes || plan->commandType != CMD_SELECT || plan->hasModifyingCTE ||
                               rte->relkind == RELKIND_FOREIGN_TABLE || has_row_security(rte->relid) ||
                               relation_mark(rte).handled == Handled::Policy || notes_speak_of(plan, rte->relid);
        if (works_on_stored && relation_hides(rte->relid, nullptr, roles))
            return true;
    }
    return false;
}

bool any_relation_hides(const List *roles)
{
    ListCell *cell;

    foreach (cell, relations_of_users())
        if (own_columns_hidden(lfirst_oid(cell), nullptr, roles))
            return true;
    return false;
}

struct WorkedThrough {
    const RangeVar *name; // of the one relation
    bool unknown;         // several relations, or some that the statement does not name
};

static WorkedThrough vacuumed(const VacuumStmt *statement)
{
    if (list_length(statement->rels) == 1 && linitial_node(VacuumRelation, statement->rels)->relation)
        return {linitial_node(VacuumRelation, statement->rels)->relation, false};
    return {nullptr, true};
}

// Of a new partition: the rows of the default partition are looked through.
static WorkedThrough partitioned(const CreateStmt *statement)
{
    return {statement->partbound ? linitial_node(RangeVar, statement->inhRelations) : nullptr, false};
}

// COPY is none: what goes in is the role's own, and what comes out comes from a query.
static WorkedThrough worked_through(const Node *statement)
{
    switch (nodeTag(statement)) {
    case T_IndexStmt:
        return {reinterpret_cast<const IndexStmt *>(statement)->relation, false};
    case T_AlterTableStmt: {
        auto *alter = reinterpret_cast<const AlterTableStmt *>(statement);
        return {alter->relation, alter->objtype == OBJECT_TYPE}; // CASCADE: to the tables of the type
    }
    case T_CreateStmt:
    case T_CreateForeignTableStmt: // begins like one
        return partitioned(reinterpret_cast<const CreateStmt *>(statement));
    case T_RefreshMatViewStmt:
        return {reinterpret_cast<const RefreshMatViewStmt *>(statement)->relation, false};
    case T_ClusterStmt: {
        auto *name = reinterpret_cast<const ClusterStmt *>(statement)->relation;
        return {name, name == nullptr};
    }
    case T_ReindexStmt: {
        auto *name = reinterpret_cast<const ReindexStmt *>(statement)->relation;
        return {name, name == nullptr};
    }
    case T_VacuumStmt:
        return vacuumed(reinterpret_cast<const VacuumStmt *>(statement));
    case T_AlterDomainStmt:
        return {nullptr, true};
    default:
        return {nullptr, false};
    }
}

// REINDEX INDEX, CLUSTER: an index stands for its table.
static Oid table_of(Oid relation)
{
    const char kind = OidIsValid(relation) ? get_rel_relkind(relation) : '\0';
    return kind == RELKIND_INDEX || kind == RELKIND_PARTITIONED_INDEX ? IndexGetRelation(relation, true) : relation;
}

// The key of the end that the message speaks of.
static ShownColumns foreign_key_shows(const ErrorData *error, Oid constraint)
{
    HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint));
    if (!HeapTupleIsValid(tuple))
        return {};
    auto *form = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));
    const bool referencing = error->message_id && strncmp(error->message_id, "insert", 6) == 0;
    const ShownColumns shown = {
        referencing ? form->conrelid : form->confrelid,
        attributes_of_array(tuple, referencing ? Anum_pg_constraint_conkey : Anum_pg_constraint_confkey), false};
    ReleaseSysCache(tuple);
    return shown;
}

static Bitmapset *expression_columns(Oid index, bool *whole_row)
{
    Bitmapset *offset = nullptr, *result = nullptr;
    bool is_null = true;
    int member = -1;
    HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index));
    *whole_row = false;
    if (!HeapTupleIsValid(tuple))
        return nullptr;
    Datum tree = SysCacheGetAttr(INDEXRELID, tuple, Anum_pg_index_indexprs, &is_null);
    if (!is_null)
        pull_varattnos(static_cast<Node *>(stringToNode(TextDatumGetCString(tree))), 1, &offset);
    ReleaseSysCache(tuple);
    while ((member = bms_next_member(offset, member)) >= 0) {
        const int attno = member + FirstLowInvalidHeapAttributeNumber;
        *whole_row |= attno == InvalidAttrNumber;
        if (attno > 0)
            result = bms_add_member(result, attno);
    }
    return result;
}

// The index of CREATE INDEX can't be looked up: then it may be any column.
static ShownColumns key_shows(Oid relation, const char *constraint)
{
    bool known = false, whole_row = false;
    Oid index = constraint ? get_relname_relid(constraint, get_rel_namespace(relation)) : InvalidOid;
    Bitmapset *columns = OidIsValid(index) ? index_columns(index, relation, &known) : nullptr;
    columns = bms_add_members(columns, OidIsValid(index) ? expression_columns(index, &whole_row) : nullptr);
    return {relation, columns, whole_row || bms_is_empty(columns)};
}

// A row that no partition takes: of it only the key by which it was sought.
static ShownColumns partition_key_shows(Oid relation)
{
    Bitmapset *columns = nullptr;
    HeapTuple tuple = SearchSysCache1(PARTRELID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple))
        return {relation, nullptr, true};
    auto *form = reinterpret_cast<Form_pg_partitioned_table>(GETSTRUCT(tuple));
    for (int i = 0; i < form->partnatts; i++)
        columns = bms_add_member(columns, Max(form->partattrs.values[i], 0)); // 0: an expression
    ReleaseSysCache(tuple);
    return {relation, columns, bms_is_member(0, columns)};
}

// In a value that could not be converted, while a whole table was worked through.
static ShownColumns utility_shows(const ErrorData *error, const Node *utility, Oid through)
{
    const bool fails_on_value = ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_DATA_EXCEPTION;
    return {fails_on_value && !IsA(utility, RefreshMatViewStmt) ? through : InvalidOid, nullptr, true};
}

ShownColumns error_shows(const ErrorData *error, const Node *utility, Oid through)
{
    const bool in_detail = error->detail && strchr(error->detail, '(');
    Oid relation = named_relation(error);
    if (!OidIsValid(relation))
        return utility ? utility_shows(error, utility, through) : ShownColumns{};
    if (!in_detail)
        return {};

    switch (error->sqlerrcode) {
    case ERRCODE_FOREIGN_KEY_VIOLATION:
    case ERRCODE_RESTRICT_VIOLATION:
        return foreign_key_shows(error, named_foreign_key(error, relation));
    case ERRCODE_UNIQUE_VIOLATION:
    case ERRCODE_EXCLUSION_VIOLATION:
        return key_shows(relation, error->constraint_name);
    case ERRCODE_CHECK_VIOLATION: // of the rows themselves it names the partition
        return partition_key_shows(relation);
    default:
        return {relation, nullptr, true};
    }
}

bool utility_hides(const Node *statement, const List *roles, Oid *through, bool *unknown)
{
    const WorkedThrough worked = worked_through(statement);

    *through = worked.name ? table_of(RangeVarGetRelid(worked.name, NoLock, true)) : InvalidOid;
    *unknown = worked.unknown;
    return OidIsValid(*through) && relation_hides(*through, nullptr, roles);
}

bool maintenance_hides(const List *roles, bool running)
{
    if (MyBackendType == B_AUTOVAC_WORKER) // as the owner of the table at hand
        return any_relation_hides(list_make1_oid(GetUserId()));
    return IsParallelWorker() && !running && any_relation_hides(roles);
}

} // namespace ddm
