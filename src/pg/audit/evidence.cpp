// ddm.html(): what the page of evidence is made of.
#include "pg/base/pg.h"
#include "core/html.h"

extern "C" {
#include "mb/pg_wchar.h"
}

DDM_FUNCTION(ddm_html)
{
    text *value = PG_GETARG_TEXT_PP(0);
    std::string_view bytes(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
    auto *out = static_cast<text *>(palloc(VARHDRSZ + ddm::core::html_bound(bytes.size())));
    size_t size = ddm::core::escape_html(bytes, GetDatabaseEncoding() == PG_UTF8, VARDATA(out));
    SET_VARSIZE(out, VARHDRSZ + size);
    PG_RETURN_TEXT_P(out);
}
