// What differs between PostgreSQL 15 and 18. The only file that asks for PG_VERSION_NUM.
#pragma once

#if PG_VERSION_NUM < 150000
#error "ddm needs PostgreSQL 15 or later"
#endif

#if PG_VERSION_NUM >= 160000
#define DDM_HAS_PERMINFO 1      // Query.rteperminfos, RTEPermissionInfo
#define DDM_HAS_NULLINGRELS 1   // Var.varnullingrels
#define DDM_HAS_TYPED_WALKERS 1 // expression_tree_walker() takes a typed function
#else
#define DDM_HAS_PERMINFO 0
#define DDM_HAS_NULLINGRELS 0
#define DDM_HAS_TYPED_WALKERS 0
#endif

#if PG_VERSION_NUM >= 170000
#define DDM_HAS_MERGE_RETURNING 1 // Query.mergeJoinCondition, mergeTargetRelation; MERGE ... RETURNING
#else
#define DDM_HAS_MERGE_RETURNING 0
#endif

#if PG_VERSION_NUM >= 180000
#define DDM_COMPILED_XMIN(function) (function)->cfunc.fn_xmin // of a PLpgSQL_function
#define DDM_HAS_VIRTUAL_GENERATED 1
#define DDM_COPIES_MATVIEWS 1 // COPY matview TO
#define DDM_RUN_TAKES_ONCE 0  // ExecutorRun_hook lost execute_once
#define DDM_HAS_GROUP_RTE 1   // RTE_GROUP
#define DDM_HAS_RETURNING_OLD_NEW 1
#define DDM_EXPLAINS_STORAGE 1 // EXPLAIN ANALYZE tells what tuplestores needed, and how often an index was searched
#define DDM_BITMAP_PAGES(scan) ((scan)->stats)
#else
#define DDM_COMPILED_XMIN(function) (function)->fn_xmin
#define DDM_HAS_VIRTUAL_GENERATED 0
#define DDM_COPIES_MATVIEWS 0
#define DDM_RUN_TAKES_ONCE 1
#define DDM_HAS_GROUP_RTE 0
#define DDM_HAS_RETURNING_OLD_NEW 0
#define DDM_EXPLAINS_STORAGE 0
#define DDM_BITMAP_PAGES(scan) (*(scan))
#endif

#if PG_VERSION_NUM >= 160000
#define DDM_GUC_EXTRA_IS_GUC_MALLOC 1 // what a check hook leaves as extra is freed by guc_free()
#else
#define DDM_GUC_EXTRA_IS_GUC_MALLOC 0
#endif

// ExecInsertIndexTuples() learnt of summarizing indexes in 16.
#if PG_VERSION_NUM >= 160000
#define DDM_INSERT_INDEX_TUPLES(result, slot, estate)                                                                  \
    ExecInsertIndexTuples(result, slot, estate, false, false, nullptr, NIL, false)
#else
#define DDM_INSERT_INDEX_TUPLES(result, slot, estate)                                                                  \
    ExecInsertIndexTuples(result, slot, estate, false, false, nullptr, NIL)
#endif

// date_add() and date_subtract() in a zone that is named.
#if PG_VERSION_NUM >= 160000
#define DDM_ADDS_IN_ZONE(function)                                                                                     \
    ((function) == F_DATE_ADD_TIMESTAMPTZ_INTERVAL_TEXT || (function) == F_DATE_SUBTRACT_TIMESTAMPTZ_INTERVAL_TEXT)
#else
#define DDM_ADDS_IN_ZONE(function) (false)
#endif

// Who was authenticated, and how: GetSystemUser() since 16; before, it is in the port.
#if PG_VERSION_NUM >= 160000
#define DDM_HAS_SYSTEM_USER 1
#else
#define DDM_HAS_SYSTEM_USER 0
#endif

// What the statistics collector knows of the nth backend, counted from 1.
#if PG_VERSION_NUM >= 160000
#define DDM_BACKEND_STATUS(n) pgstat_get_local_beentry_by_index(n)
#else
#define DDM_BACKEND_STATUS(n) pgstat_fetch_stat_local_beentry(n)
#endif

// The role that a relation's permissions are checked for, where it is not the current one.
#if PG_VERSION_NUM >= 160000
#define DDM_CHECK_AS_USER(query, rte)                                                                                  \
    ((rte)->perminfoindex ? getRTEPermissionInfo((query)->rteperminfos, (rte))->checkAsUser : InvalidOid)
#else
#define DDM_CHECK_AS_USER(query, rte) ((rte)->checkAsUser)
#endif

// The columns of a relation that the query reads, where its privileges are checked (DDM_RTE_IS_CHECKED).
#if PG_VERSION_NUM >= 160000
#define DDM_SELECTED_COLUMNS(query, rte) (getRTEPermissionInfo((query)->rteperminfos, (rte))->selectedCols)
#else
#define DDM_SELECTED_COLUMNS(query, rte) ((rte)->selectedCols)
#endif

// JSON_OBJECT() and its like have nodes of their own since 16, JSON_VALUE() and its like since 17.
#if PG_VERSION_NUM >= 170000
#define DDM_IS_JSON_EXPRESSION(node) (IsA(node, JsonConstructorExpr) || IsA(node, JsonExpr))
#elif PG_VERSION_NUM >= 160000
#define DDM_IS_JSON_EXPRESSION(node) (IsA(node, JsonConstructorExpr))
#else
#define DDM_IS_JSON_EXPRESSION(node) (false)
#endif

// ALTER TABLE ... ALTER COLUMN ... SET EXPRESSION came with 17.
#if PG_VERSION_NUM >= 170000
#define DDM_IS_SET_EXPRESSION(command) ((command)->subtype == AT_SetExpression)
#else
#define DDM_IS_SET_EXPRESSION(command) (false)
#endif

// NOT NULL is a constraint with a row of its own since 18.
#if PG_VERSION_NUM >= 180000
#define DDM_CONSTRAINT_NOTNULL CONSTRAINT_NOTNULL
#else
#define DDM_CONSTRAINT_NOTNULL 'n'
#endif

// queryjumble.h moved in 16.
#if PG_VERSION_NUM >= 160000
#define DDM_QUERYJUMBLE_HEADER "nodes/queryjumble.h"
#else
#define DDM_QUERYJUMBLE_HEADER "utils/queryjumble.h"
#endif

// get_guc_variables() answers the count since 16.
#if PG_VERSION_NUM >= 160000
#define DDM_GUC_LIST_COUNTS 1
#else
#define DDM_GUC_LIST_COUNTS 0
#endif

// pg_auth_members has a row per grantor, with options for inheritance and SET ROLE, since 16.
#if PG_VERSION_NUM >= 160000
#define DDM_MEMBERSHIP_HAS_OPTIONS 1
#else
#define DDM_MEMBERSHIP_HAS_OPTIONS 0
#endif

// Is the relation one that the statement names (or a view's), and not a partition or child that the planner added?
#if PG_VERSION_NUM >= 160000
#define DDM_RTE_IS_CHECKED(rte) ((rte)->perminfoindex != 0)
#else
#define DDM_RTE_IS_CHECKED(rte) ((rte)->requiredPerms != 0)
#endif

// What the server asks of who clusters a table: to own it, since 17 MAINTAIN.
#if PG_VERSION_NUM >= 170000
#define DDM_CLUSTER_CALLBACK RangeVarCallbackMaintainsTable
#else
#define DDM_CLUSTER_CALLBACK RangeVarCallbackOwnsTable
#endif

// May the current role cluster the relation? Its owner, and since 17 the holder of MAINTAIN. Analyze it? The database's
// owner as well.
#if PG_VERSION_NUM >= 170000
#define DDM_MAY_MAINTAIN(relation) (pg_class_aclcheck((relation), GetUserId(), ACL_MAINTAIN) == ACLCHECK_OK)
#elif PG_VERSION_NUM >= 160000
#define DDM_MAY_MAINTAIN(relation) (object_ownercheck(RelationRelationId, (relation), GetUserId()))
#else
#define DDM_MAY_MAINTAIN(relation) (pg_class_ownercheck((relation), GetUserId()))
#endif
#if PG_VERSION_NUM >= 160000
#define DDM_OWNS_DATABASE() object_ownercheck(DatabaseRelationId, MyDatabaseId, GetUserId())
#else
#define DDM_OWNS_DATABASE() pg_database_ownercheck(MyDatabaseId, GetUserId())
#endif
#define DDM_MAY_ANALYZE(relation) (DDM_MAY_MAINTAIN(relation) || DDM_OWNS_DATABASE())

// Values of an array that lie on one page of a B-tree are looked up by one descent since 17; since 18 conditions behind a
// column without one descend once for each of its values.
#if PG_VERSION_NUM >= 170000
#define DDM_BTREE_JOINS_SEARCHES 1
#else
#define DDM_BTREE_JOINS_SEARCHES 0
#endif
#if PG_VERSION_NUM >= 180000
#define DDM_BTREE_SKIPS 1
#else
#define DDM_BTREE_SKIPS 0
#endif
