// A bound mask made ready to run.
#pragma once

#include "pg/base/pg.h"
#include "pg/mask/mask_ref.h"
#include "pg/mask/mask_type.h"

namespace ddm
{

struct MaskRunner;

// Allocates in `context`; what core holds on its heap goes when the context does.
MaskRunner *mask_runner_make(const MaskRef *ref, MemoryContext context);

// Masks a value that is not null. Never answers the value itself where the mask can't be run: the default of the
// type then, NULL where a domain forbids that, or an error.
Datum mask_runner_run(MaskRunner *runner, Datum value, bool *is_null);

// A mask at one place of a plan, with what it needs from row to row.
struct MaskSite {
    static constexpr size_t room = 512; // bytes; what is longer goes the long way
    MaskRunner *runner;
    core::MaskFunction run; // of text that needs no conversion, else nullptr: leaves its answer in the buffer
    const core::Masker *mask;
    core::Value value;
    core::Output out;
    char buffer[FLEXIBLE_ARRAY_MEMBER];
};

MaskSite *mask_site_make(const MaskRef *ref, MemoryContext context);

// Masks a value that is not null. The answer may stand in the site until the next row's: who keeps a row's values longer
// than that copies them, as they may as well stand in a page that the scan lets go of.
inline Datum mask_site_run(MaskSite *site, Datum datum, bool *is_null)
{
    const void *text = DatumGetPointer(datum);

    if (site->run && VARATT_IS_SHORT(text) && !VARATT_IS_EXTERNAL(text)) {
        core::Output &out = site->out;
        out.size = 0;
        out.outcome = core::Output::Outcome::Value;
        site->value.bytes = {VARDATA_SHORT(text), VARSIZE_SHORT(text) - VARHDRSZ_SHORT};
        site->run(*site->mask, site->value, out);
        if (out.fits() && out.outcome == core::Output::Outcome::Value) {
            SET_VARSIZE(site->buffer, VARHDRSZ + out.size);
            return PointerGetDatum(site->buffer);
        }
    }
    return mask_runner_run(site->runner, datum, is_null);
}

} // namespace ddm
