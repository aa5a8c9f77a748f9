// Labels of the provider ddm_tag: 'pii, contact, level=3'.
#include "core/label.h"

#include "core/label_call.h"

#include <algorithm>
#include <charconv>

namespace ddm::core
{

static constexpr size_t max_tags = 100;

static void take_level(LabelLexer &lexer, Tags &tags)
{
    const Token &token = lexer.token();
    if (tags.level || !tags.level_name.text.empty())
        label_error(Code::Syntax, "a second level", token.position, token.length);
    if (token.is_name()) {
        Token name = lexer.take();
        tags.level_name = {name.text, name.position, name.length};
        return;
    }
    int level = 0;
    const char *to = token.text.data() + token.text.size();
    auto [stop, error] = std::from_chars(token.text.data(), to, level);
    if (token.kind != Token::Kind::Number || error != std::errc() || stop != to || level < 0 || level > 1000)
        label_error(Code::Value, "expected a level: a whole number from 0 to 1000, or a level's name", token.position,
                    token.length);
    tags.level = level;
    lexer.take();
}

static void take_tag(LabelLexer &lexer, Tags &tags)
{
    if (!lexer.token().is_name())
        label_error(Code::Syntax, "expected a tag or level=n", lexer.token().position, lexer.token().length,
                    "A tag is a word, or anything in double quotes.");
    if (lexer.token().text.size() > identifier_max_size)
        label_error(Code::Value, "a tag is longer than 63 bytes", lexer.token().position, lexer.token().length);
    Token name = lexer.take();
    if (lexer.token().is_sign("=")) {
        if (!name.is_word("level"))
            label_error(Code::Unknown, "only level takes a value", name.position, name.length);
        lexer.take();
        take_level(lexer, tags);
        return;
    }
    if (tags.tags.size() == max_tags)
        label_error(Code::Value, "too many tags", name.position, name.length);
    auto after = std::lower_bound(tags.tags.begin(), tags.tags.end(), name.text,
                                  [](const Piece &tag, const std::string &text) { return tag.text < text; });
    if (after == tags.tags.end() || after->text != name.text)
        tags.tags.insert(after, Piece{name.text, name.position, name.length});
}

static Tags tags_of(std::string_view text)
{
    LabelLexer lexer(text);
    Tags tags;
    take_tag(lexer, tags);
    while (lexer.token().is_sign(",")) {
        lexer.take();
        take_tag(lexer, tags);
    }
    if (lexer.token().kind != Token::Kind::End)
        label_error(Code::Syntax, "expected \",\" or the end", lexer.token().position, lexer.token().length);
    return tags;
}

Status parse_tags(std::string_view text, Tags &out) noexcept
{
    return guarded([&]() -> Status {
        if (Status status = check_label_text(text); !status)
            return status;
        try {
            out = tags_of(text);
            return Status::ok();
        } catch (const LabelError &error) {
            return error.status;
        }
    });
}

Status print_tags(const Tags &tags, std::string &out) noexcept
{
    return guarded([&]() -> Status {
        std::string text;
        for (const Piece &tag : tags.tags)
            text += (text.empty() ? "" : ", ") + quoted_name(tag.text);
        std::string level = tags.level                     ? std::to_string(*tags.level)
                            : tags.level_name.text.empty() ? ""
                                                           : quoted_name(tags.level_name.text);
        if (!level.empty())
            text += (text.empty() ? "level=" : ", level=") + level;
        out = std::move(text);
        return Status::ok();
    });
}

} // namespace ddm::core
