// inner, outer and range: masks over a stretch of a text. None shows all of a value that is too short.
#include "core/mask_text.h"

#include <algorithm>

namespace ddm::core
{

static std::string_view between(const char *from, const char *to) { return {from, static_cast<size_t>(to - from)}; }

static Status one_character(const Arguments &arguments, size_t i, const Target &target)
{
    if (target.encoding.count(arguments.text(i)) != 1)
        return arguments.wrong(i, "the masking character must be exactly one character");
    return Status::ok();
}

static void repeat(std::string_view text, size_t count, Output &out) noexcept
{
    if (text.size() == 1) {
        out.append(count, text[0]);
        return;
    }
    while (count-- > 0)
        out.append(text);
}

// The first `left` and last `right` characters (or, of the outer mask, all but those); a character each for the rest.
class MarginMask final : public Masker
{
  public:
    MarginMask(const Arguments &arguments, const Target &target, bool inner)
        : Masker(target), left(arguments.count(0)), right(arguments.count(1)), fill(arguments.text(2)), inner(inner)
    {
    }
    size_t capacity(size_t input) const noexcept override { return input * std::max<size_t>(1, fill.size()) + 16; }

    void apply(const Value &value, Output &out) const noexcept override
    {
        const std::string_view text = value.bytes;
        Encoding encoding = target.encoding;
        if (Encoding::is_ascii(text))
            encoding.form = Encoding::Form::SingleByte;
        const size_t count = encoding.count(text);
        if (count <= left + right) {
            repeat(fill, count, out);
            return;
        }
        const char *begin = text.data(), *end = begin + text.size();
        const char *head = encoding.skip(begin, end, left);
        const char *tail = encoding.skip(head, end, count - left - right);
        if (inner) {
            out.append(between(begin, head));
            repeat(fill, count - left - right, out);
            out.append(between(tail, end));
        } else {
            repeat(fill, left, out);
            out.append(between(head, tail));
            repeat(fill, right, out);
        }
    }

  private:
    const size_t left, right;
    const std::string fill;
    const bool inner;
};

Status make_inner(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    if (Status s = one_character(arguments, 2, target); !s)
        return s;
    answer_with(std::make_unique<MarginMask>(arguments, target, true), mask);
    return Status::ok();
}

Status make_outer(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    if (Status s = one_character(arguments, 2, target); !s)
        return s;
    if (arguments.count(0) + arguments.count(1) == 0)
        return arguments.wrong(0, "outer(0, 0) would show the whole value", "Hide at least one character.");
    answer_with(std::make_unique<MarginMask>(arguments, target, false), mask);
    return Status::ok();
}

// Characters from `from` up to, and not including, `to`, counted from 0, become the substitute, once. Where the value
// has none of them, the substitute alone.
class RangeMask final : public Masker
{
  public:
    RangeMask(const Arguments &arguments, const Target &target)
        : Masker(target), from(arguments.count(0)), to(arguments.count(1)), substitute(arguments.text(2))
    {
    }
    size_t capacity(size_t input) const noexcept override { return input + substitute.size(); }

    void apply(const Value &value, Output &out) const noexcept override
    {
        const std::string_view text = value.bytes;
        const size_t read = std::min(to, text.size());
        Encoding encoding = target.encoding;
        if (Encoding::is_ascii(text.substr(0, read)))
            encoding.form = Encoding::Form::SingleByte;
        const char *begin = text.data(), *end = begin + text.size();
        const char *head = encoding.skip(begin, end, from);
        if (head == end) {
            out.append(substitute);
            return;
        }
        const char *tail = encoding.skip(head, end, to - from);
        out.append(between(begin, head), substitute, between(tail, end));
    }

  private:
    const size_t from, to;
    const std::string substitute;
};

Status make_range(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    if (arguments.integer(1) <= arguments.integer(0))
        return arguments.wrong(1, "the range is empty",
                               "It is from the first character up to, not including, the second.");
    return make<RangeMask>(arguments, target, mask);
}

} // namespace ddm::core
