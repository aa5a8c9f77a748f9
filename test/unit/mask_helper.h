// Running a mask as a label spells it over one value.
#pragma once

#include "core/label.h"
#include "core/mask_row.h"

#include <optional>
#include <string>
#include <vector>

namespace ddm::test
{

using namespace ddm::core;

inline Target target_of(Kind kind, Encoding::Form form = Encoding::Form::Utf8)
{
    Target target;
    target.kind = kind;
    target.encoding.form = form;
    target.encoding.longest = form == Encoding::Form::SingleByte ? 1 : 4;
    target.type_name = "test";
    if (kind == Kind::Float)
        target.precision = 15;
    return target;
}

// EUC_JP, as the server counts it.
inline int euc_jp_length(const unsigned char *s) { return *s == 0x8e ? 2 : *s == 0x8f ? 3 : *s & 0x80 ? 2 : 1; }

inline Target euc_jp(Kind kind = Kind::Text)
{
    Target target = target_of(kind, Encoding::Form::Other);
    target.encoding.length_of = euc_jp_length;
    target.encoding.longest = 3;
    return target;
}

inline MaskCall call_of(const std::string &text)
{
    Label label;
    Status s = parse_label("MASKED WITH FUNCTION " + text, label);
    if (!s)
        throw std::runtime_error(text + ": " + s.message);
    return label.base.mask.function;
}

// A mask that went the whole way: bound, made flat, read back.
class Runner
{
  public:
    Runner(const std::string &text, const Target &target) : target(target)
    {
        MaskCall call = call_of(text);
        status = bind_mask(call, this->target, &bound);
        if (!status)
            return;
        std::string wire(bound.wire_size, '\0');
        write_mask_wire(call, wire.data());
        printed.resize(bound.text_size);
        write_mask_text(call, printed.data());
        if (bound.effect == Effect::Compute)
            status = make_mask(wire, this->target, &mask);
    }
    ~Runner() { release_mask(mask); }

    Output run(const Value &value)
    {
        Output out;
        size_t capacity = mask_capacity(*mask, value.bytes.size());
        for (int pass = 0; pass < 2; pass++) {
            buffer.assign(capacity, '\xEE');
            out = Output();
            out.data = buffer.data();
            out.capacity = capacity;
            run_mask(*mask, value, out);
            if (out.fits())
                break;
            capacity = out.size;
        }
        return out;
    }

    std::string text(const std::string &input)
    {
        Value value;
        value.bytes = input;
        Output out = run(value);
        return out.outcome == Output::Outcome::Value  ? std::string(out.data, out.size)
               : out.outcome == Output::Outcome::Null ? "<null>"
                                                      : "<default>";
    }

    int64_t integer(int64_t input)
    {
        Value value;
        value.integer = input;
        Output out = run(value);
        if (out.outcome != Output::Outcome::Value)
            throw std::runtime_error("no value");
        return out.integer;
    }

    Target target;
    Status status;
    BoundCall bound;
    Masker *mask = nullptr;
    std::string printed, buffer;
};

inline std::string masked(const std::string &mask, const std::string &input,
                          const Target &target = target_of(Kind::Text))
{
    Runner runner(mask, target);
    return runner.status ? runner.text(input) : std::string("error: ") + runner.status.message;
}

} // namespace ddm::test
