// Masks that show a part of a text.
#include "core/mask_text.h"

#include <algorithm>
#include <bit>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

void PartialMask::apply(const Value &value, Output &out) const noexcept
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

[[gnu::noinline]] static void mask_any_address(const Target &target, std::string_view text, Output &out)
{
    const size_t at = text.find('@');
    if (at == 0 || at == text.npos || at + 1 == text.size() || text.find('@', at + 1) != text.npos)
        out.append(default_literal(Kind::Text));
    else
        out.append(text.substr(0, target.encoding.length(text.data(), text.data() + at)), "***", text.substr(at));
}

void EmailMask::apply(const Value &value, Output &out) const noexcept
{
    const std::string_view text = value.bytes;
#ifdef __SSE2__
    // Nearly every address has 16 to 32 bytes and begins with ASCII. Two moves that overlap see all of it, a bit a byte; two
    // calls of memchr() take as long as all the rest.
    constexpr size_t width = sizeof(__m128i);
    const size_t rest = text.size() - width;
    if (rest <= width && static_cast<unsigned char>(text.front()) < 0x80) {
        auto at_signs = [](const char *from) {
            const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i *>(from));
            return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('@'))));
        };
        const uint64_t places = at_signs(text.data()) | static_cast<uint64_t>(at_signs(text.data() + rest)) << rest;
        const size_t at = static_cast<size_t>(std::countr_zero(places));
        if (places > 1 && (places & (places - 1)) == 0 && at + 1 < text.size()) {
            out.append(text.substr(0, 1), "***", text.substr(at));
            return;
        }
    }
#endif
    mask_any_address(target, text, out);
}

} // namespace ddm::core
