// One static launcher, and a worker for each database that has something to drain: started on demand, gone when
// idle, stopped while a statement needs the database without sessions.
#pragma once

#include "pg/audit/audit_spool.h"
#include "pg/utility.h"

namespace ddm
{

void audit_register_launcher();

// DROP DATABASE, CREATE DATABASE ... TEMPLATE, ALTER DATABASE ... SET TABLESPACE, ... RENAME TO.
void audit_database_statement(UtilityCall *call);

} // namespace ddm
