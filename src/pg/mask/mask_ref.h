// The varlena inside ddm.mask_ref: a bound mask, flat and position independent, so that it survives being copied
// with a plan and printed to a parallel worker.
#pragma once

#include "pg/base/pg.h"
#include "core/mask.h"

namespace ddm
{

struct MaskRef {
    int32 vl_len_;
    uint32 version;
    Oid type; // of the column, as declared
    int32 typmod;
    Oid collation;
    core::Effect effect;
    bool keyed;
    bool repeatable;
    bool asks_domain;         // for each value: the domain's checks
    bool serial;              // its domain's checks may do what a parallel plan can't
    bool constant_null;       // `constant` is NULL
    bool constant_impossible; // there is none
    uint32 hash;              // of all of this, with 0 here
    uint32 text_size;         // canonical text, not terminated
    uint32 wire_size;         // core's flat form of the call; of Effect::Each: the mask_ref of the element's mask
    uint32 constant_size;     // Effect::Constant and Default: the result; else what stands in where the mask fails
    // text, flat form and constant follow, each at a MAXALIGNed offset
};

constexpr uint32 mask_ref_version = 4;

inline const char *mask_ref_text_at(const MaskRef *ref)
{
    return reinterpret_cast<const char *>(ref) + MAXALIGN(sizeof(MaskRef));
}
inline const char *mask_ref_wire_at(const MaskRef *ref) { return mask_ref_text_at(ref) + MAXALIGN(ref->text_size); }
inline const char *mask_ref_constant_at(const MaskRef *ref) { return mask_ref_wire_at(ref) + MAXALIGN(ref->wire_size); }

// The ref in a datum; raises on anything that is not one of this library's.
const MaskRef *mask_ref_of(Datum datum);

} // namespace ddm
