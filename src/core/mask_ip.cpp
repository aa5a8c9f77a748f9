// ip(prefix_length): the network stays, the host goes.
#include "core/mask_format.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace ddm::core
{

class IpMask final : public Masker
{
  public:
    IpMask(const Arguments &arguments, const Target &target) : Masker(target), prefix(arguments.count(0)) {}

    void apply(const Value &value, Output &out) const noexcept override
    {
        const size_t slash = std::min(value.bytes.find('/'), value.bytes.size());
        const std::string_view address = value.bytes.substr(0, slash), netmask = value.bytes.substr(slash);
        unsigned char bytes[16];
        if (!(read_v4(address, bytes) ? mask<4>(bytes, netmask, out)
                                      : read_v6(address, bytes) && mask<16>(bytes, netmask, out)))
            out.append(target.kind == Kind::Inet ? "0.0.0.0/32" : "0.0.0.0");
    }

  private:
    // As inet_pton() does, but faster.
    static bool read_v4(std::string_view text, unsigned char *bytes) noexcept
    {
        const char *at = text.data(), *const end = at + text.size();
        for (size_t i = 0; i < 4; i++) {
            if (i > 0 && (at == end || *at++ != '.'))
                return false;
            const auto [after, error] = std::from_chars(at, end, bytes[i]);
            if (error != std::errc() || (*at == '0' && after - at > 1))
                return false;
            at = after;
        }
        return at == end;
    }

    static bool read_v6(std::string_view text, unsigned char *bytes) noexcept
    {
        char terminated[INET6_ADDRSTRLEN] = {0};
        if (text.size() >= sizeof terminated || text.find('\0') != text.npos)
            return false;
        text.copy(terminated, text.size());
        return inet_pton(AF_INET6, terminated, bytes) == 1;
    }

    // "/24" behind an address of so many bits; the bits themselves where there is none.
    static bool read_length(std::string_view netmask, size_t &bits) noexcept
    {
        if (netmask.empty())
            return true;
        size_t length = 0;
        auto [end, error] = std::from_chars(netmask.data() + 1, netmask.data() + netmask.size(), length);
        bool ok = error == std::errc() && end == netmask.data() + netmask.size() && length <= bits;
        bits = length;
        return ok;
    }

    // As inet_ntop() does, which goes by way of printf(). The byte behind the end is for a dot that never comes there: g++
    // 14 does not follow that four numbers below 256 leave room.
    static void print_v4(const unsigned char *bytes, Output &out) noexcept
    {
        char text[INET_ADDRSTRLEN + 1], *at = text;
        for (size_t i = 0; i < 4; i++) {
            if (i > 0)
                *at++ = '.';
            at = std::to_chars(at, text + INET_ADDRSTRLEN, static_cast<unsigned>(bytes[i])).ptr;
        }
        out.append(std::string_view(text, static_cast<size_t>(at - text)));
    }

    template <size_t size> bool mask(unsigned char *bytes, std::string_view netmask, Output &out) const noexcept
    {
        [[maybe_unused]] char text[INET6_ADDRSTRLEN];
        size_t length = size * 8;
        if (!read_length(netmask, length))
            return false;
        // A prefix as long as the address, or as the network where that is the value, would show all of it.
        size_t kept = prefix < (target.is_network ? length : size * 8) ? prefix : 0;
        for (size_t i = 0; i < size; i++) {
            size_t bits = kept > i * 8 ? kept - i * 8 : 0;
            bytes[i] &= bits >= 8 ? 0xFF : static_cast<unsigned char>(0xFF00 >> bits);
        }
        if constexpr (size == 4)
            print_v4(bytes, out);
        else if (inet_ntop(AF_INET6, bytes, text, sizeof text) != nullptr)
            out.append(std::string_view(text));
        else
            return false;
        out.append(netmask);
        return true;
    }

    const size_t prefix;
};

Status make_ip(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    return make<IpMask>(arguments, target, mask);
}

} // namespace ddm::core
