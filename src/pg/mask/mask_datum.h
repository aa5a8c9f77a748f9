// Datums of every type as core's values, and back.
#pragma once

#include "pg/base/pg.h"
#include "pg/mask/mask_type.h"

namespace ddm
{

// Views of what is not passed by value point into the datum, detoasted where it has to be. False where core can't
// be asked about this value (an infinite date): the caller shows the default.
bool mask_value_of(const MaskedType &type, Datum datum, core::Value *value);

// Does the answer to this kind come as bytes that the caller has to give room for, and how much stands before them?
inline bool mask_answers_bytes(core::Kind kind)
{
    return kind == core::Kind::Text || kind == core::Kind::Numeric || kind == core::Kind::Json ||
           kind == core::Kind::Inet || kind == core::Kind::Bytea || kind == core::Kind::Uuid ||
           kind == core::Kind::Enum;
}

// The datum of an answer with Outcome::Value. Where it came as bytes they stand at `out.data`, behind VARHDRSZ bytes
// of room in `block`. False where the server does not take it as a value of the type.
bool mask_datum_of(const MaskedType &type, const core::Output &out, char *block, Datum *datum);

} // namespace ddm
