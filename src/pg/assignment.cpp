// What a statement assigns to a column that its role reads through a mask.
#include "pg/assignment.h"

namespace ddm
{

Expr *guard_assignment(const Assignment &assignment)
{
    return assignment.source;
}

} // namespace ddm
