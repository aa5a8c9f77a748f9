// What a client sent, without its literals.
#include "pg/audit/statement_text.h"
#include "pg/errors/errors.h"
#include "core/sql_text.h"

extern "C" {
#include "mb/pg_wchar.h"
#include "parser/parser.h"
#include "tcop/cmdtag.h"
#include "tcop/pquery.h"
#include "tcop/utility.h"
#include "utils/portal.h"
}

namespace ddm
{

constexpr size_t longest_text = 16 * 1024;

std::string_view text_without_literals(const char *source, int location, int length)
{
    std::string_view text(source ? source : "");
    if (location >= 0 && static_cast<size_t>(location) <= text.size())
        text = text.substr(static_cast<size_t>(location),
                           length > 0 ? static_cast<size_t>(length) : std::string_view::npos);
    auto *out = static_cast<char *>(palloc(text.size() + 1));
    size_t size = core::replace_literals(text, standard_conforming_strings, out);
    if (size > longest_text)
        size = static_cast<size_t>(pg_mbcliplen(out, static_cast<int>(size), static_cast<int>(longest_text)));
    return {out, size};
}

CurrentStatement current_statement()
{
    const ErrorFrame *frame = errors_innermost_frame();
    if (frame && frame->statement->utilityStmt)
        return {text_without_literals(frame->source, frame->statement->stmt_location, frame->statement->stmt_len),
                GetCommandTagName(CreateCommandTag(frame->statement->utilityStmt))};
    if (!ActivePortal || !ActivePortal->sourceText || ActivePortal->stmts == NIL)
        return {};
    const auto *sent = static_cast<PlannedStmt *>(linitial(ActivePortal->stmts));
    return {text_without_literals(ActivePortal->sourceText, sent->stmt_location, sent->stmt_len),
            GetCommandTagName(ActivePortal->commandTag)};
}

} // namespace ddm
