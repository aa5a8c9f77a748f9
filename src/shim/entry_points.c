/* Every function that SQL can call, each written in src/pg as DDM_FUNCTION(name). One line each, sorted. */
#include "postgres.h"
#include "fmgr.h"

PG_FUNCTION_INFO_V1(ddm_apply_mask);
PG_FUNCTION_INFO_V1(ddm_audit_flush);
PG_FUNCTION_INFO_V1(ddm_audit_refuse_all);
PG_FUNCTION_INFO_V1(ddm_audit_refuse_write);
PG_FUNCTION_INFO_V1(ddm_audit_verify);
PG_FUNCTION_INFO_V1(ddm_canonical);
PG_FUNCTION_INFO_V1(ddm_check_shown);
PG_FUNCTION_INFO_V1(ddm_column_classification);
PG_FUNCTION_INFO_V1(ddm_debug_call);
PG_FUNCTION_INFO_V1(ddm_extended_statistics_visible);
PG_FUNCTION_INFO_V1(ddm_follow_roles);
PG_FUNCTION_INFO_V1(ddm_grant_unmask);
PG_FUNCTION_INFO_V1(ddm_html);
PG_FUNCTION_INFO_V1(ddm_keep_masked);
PG_FUNCTION_INFO_V1(ddm_library_status);
PG_FUNCTION_INFO_V1(ddm_list_functions);
PG_FUNCTION_INFO_V1(ddm_list_keys);
PG_FUNCTION_INFO_V1(ddm_make_default_key);
PG_FUNCTION_INFO_V1(ddm_mask_by_hand);
PG_FUNCTION_INFO_V1(ddm_mask_ref_in);
PG_FUNCTION_INFO_V1(ddm_mask_ref_out);
PG_FUNCTION_INFO_V1(ddm_masked_columns);
PG_FUNCTION_INFO_V1(ddm_note_shown);
PG_FUNCTION_INFO_V1(ddm_policies_named_in);
PG_FUNCTION_INFO_V1(ddm_policy_row_changed);
PG_FUNCTION_INFO_V1(ddm_policy_row_check);
PG_FUNCTION_INFO_V1(ddm_policy_touched);
PG_FUNCTION_INFO_V1(ddm_prepare_roles);
PG_FUNCTION_INFO_V1(ddm_preview);
PG_FUNCTION_INFO_V1(ddm_query_relations);
PG_FUNCTION_INFO_V1(ddm_record_policy_change);
PG_FUNCTION_INFO_V1(ddm_require_preload);
PG_FUNCTION_INFO_V1(ddm_revoke_unmask);
PG_FUNCTION_INFO_V1(ddm_rotate_key);
PG_FUNCTION_INFO_V1(ddm_shows_mask);
PG_FUNCTION_INFO_V1(ddm_statistics_visible);
PG_FUNCTION_INFO_V1(ddm_test_error_boundary);
PG_FUNCTION_INFO_V1(ddm_tuples_hot_updated);
PG_FUNCTION_INFO_V1(ddm_value_as_seen);
PG_FUNCTION_INFO_V1(ddm_view_expression);
PG_FUNCTION_INFO_V1(ddm_who_can_unmask);
PG_FUNCTION_INFO_V1(ddm_xact_tuples_hot_updated);
