// A call as text (canonical) and as flat bytes, and back.
#include "core/mask_row.h"

#include <stdexcept>

namespace ddm::core
{

// --- text -----------------------------------------------------------------------------------------------------

static void print_string(const std::string &text, char quote, Output &out)
{
    out.append(quote);
    for (char c : text) {
        if (c == quote)
            out.append(c);
        out.append(c);
    }
    out.append(quote);
}

static bool is_plain_name(const std::string &name)
{
    if (name.empty() || (name[0] >= '0' && name[0] <= '9'))
        return false;
    for (char c : name)
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            return false;
    return true;
}

static void print_name(const std::string &name, Output &out)
{
    if (is_plain_name(name))
        out.append(name);
    else
        print_string(name, '"', out);
}

static void print_call(const MaskCall &call, Output &out)
{
    if (!call.schema.empty() && call.schema != "ddm") {
        print_name(call.schema, out);
        out.append('.');
    }
    print_name(call.name, out);
    out.append('(');
    bool first = true;
    for (const Argument &a : call.arguments) {
        if (!first)
            out.append(", ");
        first = false;
        if (!a.name.empty()) {
            print_name(a.name, out);
            out.append(" => ");
        }
        if (a.kind == Argument::Kind::Null)
            out.append("NULL");
        else if (a.kind == Argument::Kind::String)
            print_string(a.text, '\'', out);
        else if (a.kind == Argument::Kind::Call)
            print_call(a.call.front(), out);
        else
            out.append(a.text);
    }
    out.append(')');
}

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
    Output text, wire; // without a buffer: they only count
    print_call(call, text);
    put_call(call, wire);
    text_size = text.size;
    wire_size = wire.size;
}

void write_mask_text(const MaskCall &call, char *text) noexcept
{
    Output out;
    out.data = text;
    out.capacity = SIZE_MAX / 2;
    print_call(call, out);
}

void write_mask_wire(const MaskCall &call, char *wire) noexcept
{
    Output out;
    out.data = wire;
    out.capacity = SIZE_MAX / 2;
    put_call(call, out);
}

Status make_mask(std::string_view wire, const Target &target, Mask **mask) noexcept
{
    return guarded([&]() -> Status {
        std::unique_ptr<Mask> made;
        if (Status s = make_from_call(Reader(wire).call(), target, made); !s)
            return s;
        *mask = made.release();
        return Status::ok();
    });
}

void release_mask(Mask *mask) noexcept { delete mask; }

} // namespace ddm::core
