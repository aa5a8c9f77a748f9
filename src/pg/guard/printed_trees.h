// Settings that print parse trees and plans, values included, are no longer everybody's.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

void printed_trees_install();

} // namespace ddm
