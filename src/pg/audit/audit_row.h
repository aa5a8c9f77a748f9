// An audit record as a row of ddm.audit_log (or ddm.audit_pending), and back. Columns are found by name.
#pragma once

#include "pg/base/pg.h"
#include "core/audit_record.h"

extern "C" {
#include "utils/array.h"
}

namespace ddm
{

// Attribute numbers of a table with the columns of ddm.audit_log.
struct AuditRowShape {
    AttrNumber number[core::AuditRecord::numbers];
    AttrNumber text[core::AuditRecord::texts];
    AttrNumber chain;
    AttrNumber event_id;
    AttrNumber hash;
};

// Raises where a column is missing: the catalog is of another version than the library.
void audit_row_shape(TupleDesc desc, AuditRowShape *shape);

// Fills values and nulls, all but chain, event_id and hash, which become null. Texts are copied into
// CurrentMemoryContext.
void audit_row_form(const AuditRowShape &shape, TupleDesc desc, const core::AuditRecord &record, Datum *values,
                    bool *nulls);

// The record points into `values` and CurrentMemoryContext.
void audit_row_deform(const AuditRowShape &shape, const Datum *values, const bool *nulls, core::AuditRecord *record);

// A list in a record's encoding (each element ended by a zero byte) from and to text[].
ArrayType *audit_list_to_array(std::string_view list);

} // namespace ddm
