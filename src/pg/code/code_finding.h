// What a function finds by the names in its code when it is called with stored values that whoever runs it sees masked.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Who may have made what a function finds, and under which search_path it runs.
struct CodeFinding {
    uint64 number;
    List *relations; // over which it is called
    List *owners;    // theirs, the function's, and those of what called it
    char *path;      // nullptr: as it is
    List *schemas;   // that it leads through
    List *shared;    // schemas on it in which strangers make objects all the same
    bool as_writer;  // it runs with the owners' rights, for whoever: all others are strangers
};

// nullptr where whoever runs it sees all that it sees. `within`: what was found of the code that calls it, or nullptr.
CodeFinding *find_in_code(Oid function, const CodeFinding *within);

// Of a domain's check that runs with the rights of who wrote it.
const CodeFinding *finding_of_writer(Oid writer);

// Does it SET search_path?
bool has_path_of_its_own(Oid function);

bool has_temporary_schema(); // of this session

} // namespace ddm
