// Inside core: what a row of the catalogue is made of.
#pragma once

#include "core/mask.h"

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace ddm::core
{

class Masker
{
  public:
    explicit Masker(const Target &target) : target(target), always_fits(target.kind == Kind::Text && target.limit <= 0)
    {
    }
    virtual ~Masker() = default;
    Masker(const Masker &) = delete;
    Masker &operator=(const Masker &) = delete;

    // One pass over the value. May throw: run_mask() then answers Outcome::Default.
    virtual void apply(const Value &value, Output &out) const = 0;
    virtual size_t capacity(size_t input) const noexcept { return input + 64; }

    const Target target;
    const bool always_fits; // whatever it answers, the column can hold it
    MaskFunction run = run_mask;
};

struct Parameter {
    enum class Type : unsigned char {
        Text,
        Integer,
        Real,
        Literal,    // whatever the column's type reads
        Scalar,     // a number or a text, which the mask reads itself
        Dictionary, // the name of one
        Call,       // another mask
    };
    const char *name;
    Type type;
    const char *fallback = nullptr; // the default as a literal; nullptr: must be given
    double lowest = -9007199254740992.0, highest = 9007199254740992.0;
};

// The arguments of a call after they were matched with the parameters, defaults filled in.
class Arguments
{
  public:
    struct Item {
        std::string text;
        int64_t integer = 0;
        double real = 0;
        const MaskCall *call = nullptr;
        size_t position = 0, length = 0;
    };
    std::vector<Item> items;
    std::string key = "default"; // key => 'name'
    size_t key_position = 0, key_length = 0;
    size_t position = 0, length = 0; // of the whole call

    size_t size() const { return items.size(); }
    const std::string &text(size_t i) const { return items.at(i).text; }
    int64_t integer(size_t i) const { return items.at(i).integer; }
    size_t count(size_t i) const { return static_cast<size_t>(items.at(i).integer); }
    double real(size_t i) const { return items.at(i).real; }

    Status wrong(size_t i, std::string_view message, std::string_view hint = {}) const
    {
        return Status::error(Code::Value, message, items.at(i).position, items.at(i).length, hint);
    }
};

using Maker = Status (*)(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask);

// run_mask() of a mask that cannot throw, and whose answers always fit.
template <typename T> void run_directly(const Masker &mask, const Value &value, Output &out) noexcept
{
    static_cast<const T &>(mask).T::apply(value, out);
}

template <typename T> void answer_with(std::unique_ptr<T> made, std::unique_ptr<Masker> &mask)
{
    if constexpr (noexcept(made->apply(std::declval<Value>(), std::declval<Output &>())))
        if (made->always_fits)
            made->run = run_directly<T>;
    mask = std::move(made);
}

// For a mask whose constructor takes everything as it comes.
template <typename T> Status make(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    answer_with(std::make_unique<T>(arguments, target), mask);
    return Status::ok();
}

struct MaskRow {
    const char *name;
    const char *family;
    std::vector<Parameter> parameters;
    KindSet kinds;
    Maker make; // nullptr unless effect is Compute
    const char *description;
    const char *source = "";
    Effect effect = Effect::Compute;
    bool keyed = false;
    bool repeatable = true;
    bool repeats = false;   // the last parameter, or the pair of them, may be given any number of times (at least once)
    bool hides_all = false; // what it shows has nothing of the value in it but, at most, which are equal
};

const std::vector<MaskRow> &mask_catalogue();
const MaskRow *find_mask(std::string_view name);

// Is the argument at this place another mask?
bool wants_mask(const MaskRow &row, size_t place);

// Matches a call with its row: arity, types, ranges.
Status match_arguments(const MaskRow &row, const MaskCall &call, Arguments &arguments);

// A mask for a call inside core (json's and each's inner masks too).
Status make_from_call(const MaskCall &call, const Target &target, std::unique_ptr<Masker> &mask);

// "f(a integer, b text)": for messages.
std::string signature_of(const MaskRow &row);

// How much room text and flat form of a call need.
void measure_call(const MaskCall &call, size_t &text_size, size_t &wire_size);

// Cuts or blank-pads what was written to the column.
void fit_text(const Target &target, Output &out);

} // namespace ddm::core
