// The extension's own SQL functions by name.
#include "pg/base/own_function.h"

extern "C" {
#include "catalog/dependency.h"
#include "catalog/pg_proc.h"
#include "parser/parse_func.h"
}

namespace ddm
{

Oid own_function(const char *name, int argument_count, const Oid *argument_types)
{
    List *qualified = list_make2(makeString(pstrdup("ddm")), makeString(pstrdup(name)));
    Oid function = LookupFuncName(qualified, argument_count, argument_types, true);

    if (!OidIsValid(function) || getExtensionOfObject(ProcedureRelationId, function) != get_extension_oid("ddm", false))
        ereport(ERROR, errcode(ERRCODE_UNDEFINED_FUNCTION), errmsg("function ddm.%s is missing", name),
                errhint("The extension ddm is damaged: drop and create it again."));
    return function;
}

} // namespace ddm
