// A call as text (canonical) and as flat bytes, and back.
#include "core/label.h"
#include "core/mask_row.h"

#include <stdexcept>

namespace ddm::core
{

// --- flat bytes -----------------------------------------------------------------------------------------------

static void put(uint32_t number, Output &out)
{
    out.append(std::string_view(reinterpret_cast<const char *>(&number), sizeof number));
}

static void put(const std::string &text, Output &out)
{
    put(static_cast<uint32_t>(text.size()), out);
    out.append(text);
}

static void put_call(const MaskCall &call, Output &out)
{
    put(call.name, out);
    put(static_cast<uint32_t>(call.arguments.size()), out);
    for (const Argument &a : call.arguments) {
        out.append(static_cast<char>(a.kind));
        put(a.name, out);
        put(a.text, out);
        if (a.kind == Argument::Kind::Call)
            put_call(a.call.front(), out);
    }
}

class Reader
{
  public:
    explicit Reader(std::string_view bytes) : rest(bytes) {}

    MaskCall call(int depth = 0)
    {
        if (depth > 16)
            throw std::runtime_error("damaged mask");
        MaskCall call;
        call.name = text();
        uint32_t count = number();
        for (uint32_t i = 0; i < count; i++) {
            Argument a;
            a.kind = static_cast<Argument::Kind>(take(1)[0]);
            a.name = text();
            a.text = text();
            if (a.kind == Argument::Kind::Call)
                a.call.push_back(this->call(depth + 1));
            call.arguments.push_back(std::move(a));
        }
        return call;
    }

  private:
    std::string_view take(size_t size)
    {
        if (size > rest.size())
            throw std::runtime_error("damaged mask");
        std::string_view taken = rest.substr(0, size);
        rest.remove_prefix(size);
        return taken;
    }
    uint32_t number()
    {
        uint32_t n;
        std::memcpy(&n, take(sizeof n).data(), sizeof n);
        return n;
    }
    std::string text() { return std::string(take(number())); }

    std::string_view rest;
};

// --- what others call -----------------------------------------------------------------------------------------

void measure_call(const MaskCall &call, size_t &text_size, size_t &wire_size)
{
    Output wire; // without a buffer: it only counts
    put_call(call, wire);
    wire_size = wire.size;
    std::string text;
    if (Status s = print_mask_call(call, text); !s)
        throw std::runtime_error(s.message);
    text_size = text.size();
}

void write_mask_text(const MaskCall &call, char *text) noexcept
{
    (void)guarded([&]() -> Status {
        std::string printed;
        Status s = print_mask_call(call, printed);
        std::memcpy(text, printed.data(), printed.size());
        return s;
    });
}

void write_mask_wire(const MaskCall &call, char *wire) noexcept
{
    Output out;
    out.data = wire;
    out.capacity = SIZE_MAX / 2;
    put_call(call, out);
}

Status make_mask(std::string_view wire, const Target &target, Masker **mask) noexcept
{
    return guarded([&]() -> Status {
        std::unique_ptr<Masker> made;
        if (Status s = make_from_call(Reader(wire).call(), target, made); !s)
            return s;
        *mask = made.release();
        return Status::ok();
    });
}

void wanted_dictionaries(std::string_view wire, Output &names) noexcept
{
    (void)guarded([&]() -> Status {
        wanted_dictionaries(Reader(wire).call(), names);
        return Status::ok();
    });
}

void release_mask(Masker *mask) noexcept { delete mask; }

} // namespace ddm::core
