// hash, token, md5, pseudonym, noise, date_shift: masks over HMAC-SHA-256.
#include "core/mask_keyed.h"
#include "core/calendar.h"
#include "core/key_ring.h"
#include "core/mask_number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace ddm::core
{

namespace
{

// The bytes that stand for a value under a key: the same for 7, 7.0 and '7' in whatever type of number or text.
class Canonical
{
  public:
    Canonical(const Target &target, const Value &value)
    {
        switch (target.kind) {
        case Kind::Integer:
        case Kind::Date:
        case Kind::Timestamp:
        case Kind::TimestampTz:
            view = {buffer,
                    static_cast<size_t>(std::to_chars(buffer, buffer + sizeof buffer, value.integer).ptr - buffer)};
            break;
        case Kind::Float: // minus zero is zero
            view = {buffer, static_cast<size_t>(std::snprintf(buffer, sizeof buffer, "%.17g", value.real + 0.0))};
            break;
        case Kind::Numeric:
            view = value.bytes.substr(0, value.bytes.find('.'));
            if (size_t last = value.bytes.find_last_not_of('0'); last != std::string_view::npos && last > view.size())
                view = value.bytes.substr(0, last + 1);
            break;
        default:
            view = value.bytes;
        }
    }

    std::string_view view;

  private:
    char buffer[40];
};

class HmacMask : public Masker
{
  public:
    HmacMask(const Target &target, const Secret &key) : Masker(target), hmac(key) {}

  protected:
    Hmac::Tag tag(const Value &value) const { return hmac(Canonical(target, value).view); }

    const Hmac hmac;
};

void append_hex(const Hmac::Tag &tag, size_t bytes, Output &out)
{
    char hex[2 * sizeof tag.bytes];
    for (size_t i = 0; i < bytes; i++) {
        hex[2 * i] = "0123456789abcdef"[tag.bytes[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[tag.bytes[i] & 15];
    }
    out.append(std::string_view(hex, 2 * bytes));
}

// Text: hexadecimal; bytea: the tag's bytes; uuid: sixteen of them, marked as version 8; numbers: one that fits.
class HashMask final : public HmacMask
{
  public:
    HashMask(const Target &target, const Secret &key, size_t bytes) : HmacMask(target, key), bytes(bytes) {}
    size_t capacity(size_t) const noexcept override { return 2 * bytes; }

    void apply(const Value &value, Output &out) const override
    {
        Hmac::Tag t = tag(value);
        switch (target.kind) {
        case Kind::Text:
            append_hex(t, bytes, out);
            break;
        case Kind::Bytea:
            out.append(std::string_view(reinterpret_cast<const char *>(t.bytes), bytes));
            break;
        case Kind::Uuid:
            t.bytes[6] = static_cast<unsigned char>((t.bytes[6] & 0x0F) | 0x80);
            t.bytes[8] = static_cast<unsigned char>((t.bytes[8] & 0x3F) | 0x80);
            out.append(std::string_view(reinterpret_cast<const char *>(t.bytes), 16));
            break;
        case Kind::Numeric:
            answer_decimal(target, number(t), out);
            break;
        default:
            out.integer = static_cast<int64_t>(t.number() % static_cast<uint64_t>(target.highest));
        }
    }

  private:
    // As many digits as the column has, up to 18.
    Decimal number(const Hmac::Tag &t) const
    {
        int digits = target.precision > 0 ? std::min(target.precision, 18) : 18;
        int scale = target.precision > 0 ? target.scale : 0;
        Wide drawn = static_cast<Wide>(t.number() % static_cast<uint64_t>(*power_of_ten(digits)));
        return {drawn * power_of_ten(std::max(0, -scale)).value_or(0), std::max(0, scale)};
    }

    const size_t bytes;
};

// Five bits a character, without letters that look like digits.
class TokenMask final : public HmacMask
{
  public:
    static constexpr size_t most = 51; // 256 bits
    TokenMask(const Target &target, const Secret &key, size_t length) : HmacMask(target, key), length(length) {}
    size_t capacity(size_t) const noexcept override { return length; }

    void apply(const Value &value, Output &out) const override
    {
        Hmac::Tag t = tag(value);
        char token[most];
        unsigned window = 0, bits = 0;
        size_t next = 0;
        for (size_t i = 0; i < length; i++) {
            if (bits < 5) {
                window = window << 8 | t.bytes[next++];
                bits += 8;
            }
            bits -= 5;
            token[i] = "0123456789abcdefghjkmnpqrstvwxyz"[window >> bits & 31];
        }
        out.append(std::string_view(token, length));
    }

  private:
    const size_t length;
};

class PseudonymMask final : public HmacMask
{
  public:
    PseudonymMask(const Target &target, const Secret &key, std::string all) : HmacMask(target, key), all(std::move(all))
    {
        std::string_view rest = this->all;
        while (!rest.empty()) {
            size_t end = rest.find('\n');
            if (std::string_view word = rest.substr(0, end); !word.empty())
                words.push_back(word);
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        }
    }

    void apply(const Value &value, Output &out) const override
    {
        out.append(words[tag(value).number() % words.size()]);
    }

  private:
    const std::string all;
    std::vector<std::string_view> words;
};

// The value give or take up to `ratio` of it, and at least one in its last digit: never the value.
class NoiseMask final : public HmacMask
{
  public:
    NoiseMask(const Target &target, const Secret &key, double ratio)
        : HmacMask(target, key), ratio(ratio), of_one(static_cast<Wide>(std::llround(ratio * 1e9)))
    {
    }

    void apply(const Value &value, Output &out) const override
    {
        Hmac::Tag t = tag(value);
        if (target.kind == Kind::Float) {
            double unit = static_cast<double>(t.number() >> 11) * 0x1.0p-52 - 1; // -1 to 1
            double result = value.real + value.real * ratio * unit;
            answer_float(result == value.real ? NAN : result, out);
            return;
        }
        std::optional<Decimal> d = decimal_of(target, value);
        // numeric(5, -2) keeps hundreds.
        std::optional<Wide> last = power_of_ten(target.precision > 0 ? std::max(0, -target.scale) : 0);
        if (!d || !last) {
            out.outcome = Output::Outcome::Default;
            return;
        }
        Wide most = share(d->digits < 0 ? -d->digits : d->digits);
        if (*last > 1) // wide arithmetic is slow
            most /= *last;
        most = std::max<Wide>(most, 1);
        Wide drawn = most <= UINT32_MAX ? static_cast<Wide>(t.number() % static_cast<uint64_t>(most))
                                        : static_cast<Wide>(t.wide() % static_cast<UnsignedWide>(most));
        Wide noise = *last > 1 ? (1 + drawn) * *last : 1 + drawn;
        if (__builtin_add_overflow(d->digits, t.bytes[16] & 1 ? noise : -noise, &d->digits))
            d.reset();
        answer_decimal(target, d, out);
    }

  private:
    // ratio times a number of up to 36 digits.
    Wide share(Wide number) const
    {
        constexpr Wide parts = 1000000000;
        if (number <= INT32_MAX) // of_one is at most ten times `parts`: this fits 64 bits
            return static_cast<Wide>(static_cast<uint64_t>(number) * static_cast<uint64_t>(of_one) / 1000000000);
        return number / parts * of_one + number % parts * of_one / parts;
    }

    const double ratio;
    const Wide of_one; // in billionths
};

// One to `days` days earlier or later; the time of day stays.
class ShiftMask final : public HmacMask
{
  public:
    ShiftMask(const Target &target, const Secret &key, int64_t days) : HmacMask(target, key), days(days) {}

    void apply(const Value &value, Output &out) const override
    {
        int64_t unit = target.kind == Kind::Date ? 1 : microseconds_of_day;
        Value day;
        day.integer = floor_div(value.integer, unit);
        uint64_t drawn = tag(day).number() % static_cast<uint64_t>(2 * days);
        int64_t shift = static_cast<int64_t>(drawn) - days;
        shift += shift >= 0; // never none
        if (__builtin_add_overflow(value.integer, shift * unit, &out.integer))
            out.outcome = Output::Outcome::Default;
    }

  private:
    const int64_t days;
};

template <typename T, typename... More>
Status make_keyed(const Arguments &arguments, std::string_view purpose, const Target &target,
                  std::unique_ptr<Masker> &mask, More... more)
{
    Secret key;
    if (Status s = derive_key(arguments, purpose, key); !s)
        return s;
    mask = std::make_unique<T>(target, key, more...);
    return Status::ok();
}

} // namespace

Status make_hash(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    return make_keyed<HashMask>(arguments, "hash", target, mask, size_t(32));
}

Status make_md5(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    return make_keyed<HashMask>(arguments, "md5", target, mask, size_t(16));
}

Status make_token(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    return make_keyed<TokenMask>(arguments, "token", target, mask, arguments.count(0));
}

Status make_pseudonym(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    std::string words;
    if (Status s = find_dictionary(arguments, 0, words); !s)
        return s;
    return make_keyed<PseudonymMask>(arguments, "pseudonym", target, mask, words);
}

Status make_noise(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    return make_keyed<NoiseMask>(arguments, "noise", target, mask, arguments.real(0));
}

Status make_date_shift(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    return make_keyed<ShiftMask>(arguments, "date_shift", target, mask, arguments.integer(0));
}

} // namespace ddm::core
