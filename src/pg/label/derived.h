// Derived masks: a table or materialized view made of masked columns by somebody who reads them as stored carries
// masks on. Setting ddm.derived_masks.
#pragma once

#include "pg/utility.h"

namespace ddm
{

void derived_install();

void derived_create_table_as(UtilityCall *call); // SELECT INTO and CREATE MATERIALIZED VIEW too
void derived_explain(UtilityCall *call);         // EXPLAIN ANALYZE CREATE TABLE AS makes the table
void derived_refresh(UtilityCall *call);

// After a mask was put on a column of the relation: materialized views that are there hold its values as stored.
void derived_follow(Oid relation);

} // namespace ddm
