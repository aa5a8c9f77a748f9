// Masks that show a part of a text.
#include "core/mask_text.h"

#include <algorithm>

namespace ddm::core
{

PartialMask::PartialMask(const Arguments &arguments, const Target &target)
    : Masker(target), prefix(arguments.count(0)), padding(arguments.text(1)), suffix(arguments.count(2))
{
}

size_t PartialMask::capacity(size_t input) const noexcept
{
    return padding.size() + std::min(input, (prefix + suffix) * target.encoding.longest);
}

void PartialMask::apply(const Value &value, Output &out) const
{
    const Encoding &encoding = target.encoding;
    const size_t size = value.bytes.size();
    const char *begin = value.bytes.data(), *end = begin + size;
    // What is to be shown is nearly always ASCII: then bytes are characters, except at the end of some encodings' texts.
    if (size > prefix + suffix && encoding.form != Encoding::Form::Other && Encoding::is_ascii({begin, prefix}) &&
        Encoding::is_ascii({end - suffix, suffix})) {
        out.append({begin, prefix}, padding, std::string_view(end - suffix, suffix));
        return;
    }
    const char *head = encoding.skip(begin, end, prefix);
    // Between head and tail there is at least one character that is not shown.
    const char *hidden = head < end ? head + encoding.length(head, end) : end;
    bool longer = head < end && (suffix == 0 || encoding.skip(hidden, end, suffix - 1) < end);
    if (!longer) {
        out.append(padding);
        return;
    }
    const char *tail = encoding.skip_back(hidden, end, suffix);
    out.append(std::string_view(begin, static_cast<size_t>(head - begin)), padding,
               std::string_view(tail, static_cast<size_t>(end - tail)));
}

void EmailMask::apply(const Value &value, Output &out) const
{
    const char *begin = value.bytes.data(), *end = begin + value.bytes.size();
    const char *at =
        value.bytes.empty() ? nullptr : static_cast<const char *>(std::memchr(begin, '@', value.bytes.size()));
    if (at == nullptr || at == begin || at + 1 == end ||
        std::memchr(at + 1, '@', static_cast<size_t>(end - at - 1)) != nullptr) {
        out.append(default_literal(Kind::Text));
        return;
    }
    out.append(std::string_view(begin, target.encoding.length(begin, at)), "***",
               std::string_view(at, static_cast<size_t>(end - at)));
}

} // namespace ddm::core
