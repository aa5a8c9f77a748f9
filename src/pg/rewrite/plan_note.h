// What the planner found out and the executor must know, carried inside the plan.
//
// Nothing in a PlannedStmt up to 18 is free for an extension, but a PlanInvalItem with a cache id that no
// system cache has is inert: copied with the plan, kept through the plan cache, never matched by an
// invalidation (PlanCacheObjectCallback compares the id first), stripped for parallel workers.
#pragma once

#include "pg/policy/policy.h"

namespace ddm
{

enum class NoteKind : uint8 {
    Generation = 1,  // value: low 32 bits of policy_generation() when the plan was made
    Masked = 2,      // relation `value`, column `attno` is read through its mask
    Clear = 3,       // relation `value`, column `attno`, on which a mask is in force, is read as stored
    Context = 4,     // value: bits of what else the answer depended on (see policy.h, decision_context())
    Role = 5,        // value: the role that the plan was made for
    Until = 6,       // value: seconds since 2000-01-01 UTC at which the first clearance in the plan ends or begins
    Relation = 7,    // relation `value` has masks in force and is read; attno numbers these notes
    Fingerprint = 8, // value: hash of what the role sees of the Relation with the same number in attno
    Probe = 10,      // relation `value`, column `attno` is searched by its stored value (see searchable.h):
    ProbeCount = 11, // for `value` values, in the note behind it
    ProbeArray = 12, // or for as many as the array in the external parameter `value` has
    Assigned = 13,   // a masked column is assigned to
    Action = 14,     // a foreign key's action assigns to relation `value`, column `attno`
    Folded = 9,      // the planner computed a constant by a query over relations with masks, or a TOAST table is read:
                     // what the plan shows can't be told from its other notes
};

struct PlanNote {
    NoteKind kind;
    AttrNumber attno;
    uint32 value;

    bool operator==(const PlanNote &) const = default;
};

// Appends a note to the plan. Duplicates are not added.
void plan_note_add(PlannedStmt *plan, const PlanNote &note);

// The same where the order counts, and each one.
void plan_note_append(PlannedStmt *plan, const PlanNote &note);

// Notes that `role` reads the column in clear, if it is cleared for it: is it?
bool plan_note_cleared(PlannedStmt *plan, const RelationPolicy *policy, AttrNumber attno, Oid role);

// Gives the plan's note of this kind another value: of a plan that was found to hold still.
void plan_note_renew(const PlannedStmt *plan, NoteKind kind, uint32 value);

// cacheId = plan_note_base - kind * 2^16 - (attno + 2^15), hashValue = value.
constexpr int plan_note_base = -(1 << 30);

// Decodes one element of PlannedStmt.invalItems; false where it is a real invalidation item.
inline bool plan_note_read(const void *inval_item, PlanNote *note)
{
    const auto *item = static_cast<const PlanInvalItem *>(inval_item);
    if (item->cacheId > plan_note_base)
        return false;
    const int code = plan_note_base - item->cacheId;
    *note = {static_cast<NoteKind>(code >> 16), static_cast<AttrNumber>((code & 0xffff) - (1 << 15)), item->hashValue};
    return true;
}

// The plan's first note of this kind; false where it has none.
bool plan_note_find(const PlannedStmt *plan, NoteKind kind, PlanNote *note);

// Does the plan carry any note: did the statement touch a relation with masked columns?
bool plan_has_notes(const PlannedStmt *plan);

} // namespace ddm
