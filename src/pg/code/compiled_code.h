// Under which search_path functions in PL/pgSQL were compiled: the types of their variables were found by it then.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

void compiled_code_install();

// Before each statement: a library that was loaded meanwhile may have taken the place of what tells us of functions.
void compiled_code_retake();

// For a function that is about to be called with stored values: compiled anew where that was under another search_path, or
// it ran for other code in this transaction.
struct CodeFinding; // see stored_code.h
void compile_for_code(Oid function, const CodeFinding *finding);

// The language's validator compiles and says nothing.
void check_validator(Oid function);

} // namespace ddm
