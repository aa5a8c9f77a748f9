// Text as it may stand in an HTML page.
#include "core/html.h"

#include <cstdio>
#include <cstring>

namespace ddm::core
{

namespace
{

char *put(char *out, std::string_view text) noexcept
{
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

// The code point of a character of three bytes that can't be seen, or changes the direction of others; 0 for the rest.
unsigned invisible(std::string_view text) noexcept
{
    if (text.size() < 3 || (text[0] != '\xe2' && text[0] != '\xef'))
        return 0;
    auto byte = [&](size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(text[i])); };
    unsigned code = (byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
    const bool hidden = (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
                        (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
    return hidden ? code : 0;
}

} // namespace

size_t escape_html(std::string_view text, bool utf8, char *out) noexcept
{
    char *start = out;
    for (size_t i = 0; i < text.size(); i++) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (unsigned code = utf8 ? invisible(text.substr(i)) : 0) {
            out += std::snprintf(out, 9, "[U+%04X]", code);
            i += 2;
            continue;
        }
        switch (c) {
        case '&':
            out = put(out, "&amp;");
            break;
        case '<':
            out = put(out, "&lt;");
            break;
        case '>':
            out = put(out, "&gt;");
            break;
        case '"':
            out = put(out, "&quot;");
            break;
        case '\'':
            out = put(out, "&#39;");
            break;
        default:
            if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
                out = put(out, "&#65533;");
            else
                *out++ = text[i];
        }
    }
    return static_cast<size_t>(out - start);
}

} // namespace ddm::core
