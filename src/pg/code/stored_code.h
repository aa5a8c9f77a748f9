// Functions that the server calls with stored values (functions_over()), run by whoever sees these masked. He chooses the
// search_path and makes temporary tables: what such a function finds by its name must not be of his making.
#pragma once

#include "pg/code/code_finding.h"

namespace ddm
{

// One call, kept by who calls until it ends.
struct CodeCall {
    const CodeFinding *finding; // nullptr: whoever runs it sees all that it sees
    const CodeCall *outer;
    int settings; // their level, or 0
    bool asks;    // a domain's checks: whose functions these are is known
};

// What was found out about one function, for all the calls that one expression makes. All zeros at first.
struct CodeCallee {
    uint64 stamp;
    uint32 context;
    Oid role;
    Oid outer_role;
    uint64 within;     // the finding of the code that calls, 0: of no code
    bool temporary;    // are there temporary tables?
    char *found_under; // the search_path
    CodeFinding *finding;
    List *calls; // CodeCall *, the innermost first
};

void stored_code_starts(Oid function, CodeCallee *callee, MemoryContext memory);
void stored_code_ends(CodeCallee *callee, bool failed);

// While one runs: raises where the function that is about to be called belongs to somebody else who sees masks.
extern const CodeCall *stored_code_running;
void check_called_by_code(Oid function);

// And where a relation of somebody like that stands in such a schema.
void check_read_by_code(const PlannedStmt *statement);

// A domain's checks are asked about a mask in between, with the rights of `writer`, or those at hand (InvalidOid).
void stored_code_asks(CodeCall *call, Oid writer);
void stored_code_asked(const CodeCall *call);

void stored_code_install();

} // namespace ddm
