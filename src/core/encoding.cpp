// Walking a text backwards.
#include "core/encoding.h"

namespace ddm::core
{

const char *Encoding::skip_back(const char *begin, const char *end, size_t count) const noexcept
{
    if (form == Form::SingleByte)
        return count < static_cast<size_t>(end - begin) ? end - count : begin;
    if (form == Form::Utf8) {
        while (count > 0 && end > begin) {
            // At most three continuation bytes belong to one character; broken text may hold more.
            const char *lowest = end - begin > longest ? end - longest : begin;
            end--;
            while (end > lowest && (static_cast<unsigned char>(*end) & 0xC0) == 0x80)
                end--;
            count--;
        }
        return end;
    }
    // Other encodings can't be read backwards: count, then walk.
    size_t all = this->count(std::string_view(begin, static_cast<size_t>(end - begin)));
    return count >= all ? begin : skip(begin, end, all - count);
}

} // namespace ddm::core
