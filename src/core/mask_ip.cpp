// ip(prefix_length): the network stays, the host goes.
#include "core/mask_format.h"

#include <arpa/inet.h>

#include <charconv>

namespace ddm::core
{

class IpMask final : public Masker
{
  public:
    IpMask(const Arguments &arguments, const Target &target) : Masker(target), prefix(arguments.count(0)) {}

    void apply(const Value &value, Output &out) const override
    {
        size_t slash = value.bytes.find('/');
        std::string address(value.bytes.substr(0, slash));
        std::string_view netmask = slash == std::string_view::npos ? std::string_view() : value.bytes.substr(slash);
        if (address.size() > INET6_ADDRSTRLEN || address.find('\0') != std::string::npos || !number(netmask) ||
            (!mask<4>(AF_INET, address, netmask, out) && !mask<16>(AF_INET6, address, netmask, out)))
            out.append(target.kind == Kind::Inet ? "0.0.0.0/32" : "0.0.0.0");
    }

  private:
    static bool number(std::string_view netmask)
    {
        return netmask.empty() || (netmask.size() >= 2 && netmask.size() <= 4 &&
                                   netmask.find_first_not_of("0123456789", 1) == std::string_view::npos);
    }

    template <size_t size>
    bool mask(int family, const std::string &address, std::string_view netmask, Output &out) const
    {
        unsigned char bytes[size];
        char text[INET6_ADDRSTRLEN];
        if (inet_pton(family, address.c_str(), bytes) != 1)
            return false;
        // A prefix as long as the address would show all of it.
        size_t kept = prefix < size * 8 ? prefix : 0;
        for (size_t i = 0; i < size; i++) {
            size_t bits = kept > i * 8 ? kept - i * 8 : 0;
            bytes[i] &= bits >= 8 ? 0xFF : static_cast<unsigned char>(0xFF00 >> bits);
        }
        if (inet_ntop(family, bytes, text, sizeof text) == nullptr)
            return false;
        out.append(std::string_view(text));
        out.append(netmask);
        return true;
    }

    const size_t prefix;
};

Status make_ip(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    mask = std::make_unique<IpMask>(arguments, target);
    return Status::ok();
}

} // namespace ddm::core
