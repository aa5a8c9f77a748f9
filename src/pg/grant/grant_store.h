// The stored holders of the privilege UNMASK: rows of ddm.unmask_grant, read and written by table access alone.
#pragma once

#include "pg/base/pg.h"
#include "pg/policy/relation_policy.h"

extern "C" {
#include "storage/itemptr.h"
}

namespace ddm
{

enum class GrantKind : uint8 { Column, Table, Schema, Database, Default, Tag };

// One row. Names are empty and oids 0 where the kind has none.
struct UnmaskGrant {
    ItemPointerData tid; // where it stands, once read
    GrantKind kind;
    Oid relation;
    NameData schema;
    NameData column;
    const char *tag;
    Oid creator;
    Oid grantee;
    Oid grantor;
    bool grant_option;
    TimestampTz granted_at;
    TimestampTz until; // DT_NOEND where it does not end
    const char *reason;
};

// Every row about `relation` and `schema` exactly (0 and "" for the wider kinds), of every kind and grantee.
List *grants_at(Oid relation, const char *schema);
List *grants_all();

// A row of ddm.unmask_grant.
UnmaskGrant *grant_read(HeapTuple tuple, TupleDesc description);

// Do both rows speak of the same thing: kind, object, tag, creator?
bool grant_same_object(const UnmaskGrant *a, const UnmaskGrant *b);

// Before reading what it is going to change, a writer takes the lock that lets one writer in at a time.
void grants_lock();

// Writes a row, or changes the one with the same object, grantee and grantor: a grant option that was there
// stays, the end and the reason are the new ones.
void grant_put(const UnmaskGrant *grant);
void grant_delete(const UnmaskGrant *grant);
void grant_rewrite(const UnmaskGrant *grant); // in place, found by its tid

// "table public.customers"
char *grant_object_text(const UnmaskGrant *grant);

// "UNMASK (email) on table public.customers to compliance"
char *grant_text(const UnmaskGrant *grant);

// For policy_load: every grant that reaches the relation.
List *clearances_from_grants(const RelationPolicy *policy, List *found);

} // namespace ddm
