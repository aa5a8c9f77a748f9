// fpe and fpe_pan: texts and numbers of the same length and alphabet, by FF1.
#include "core/ff1.h"
#include "core/key_ring.h"
#include "core/mask_keyed.h"

#include <algorithm>
#include <unordered_map>

namespace ddm::core
{

namespace
{

struct Alphabet {
    std::vector<std::string> characters;
    int16_t of_byte[256];                             // the numeral of a character of one byte, or -1
    std::unordered_map<std::string, uint16_t> others; // of longer ones

    // The numeral of the character at `at`, or -1.
    int numeral(const char *at, size_t size) const
    {
        if (size == 1)
            return of_byte[static_cast<unsigned char>(*at)];
        auto found = others.find(std::string(at, size));
        return found == others.end() ? -1 : found->second;
    }
};

std::string spelled_out(const std::string &name)
{
    std::string digits = "0123456789", lower = "abcdefghijklmnopqrstuvwxyz", upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if (name == "digits")
        return digits;
    if (name == "lower")
        return lower;
    if (name == "upper")
        return upper;
    if (name == "letters")
        return lower + upper;
    if (name == "alphanumeric")
        return digits + lower + upper;
    return name;
}

Status read_alphabet(const Arguments &arguments, const Target &target, Alphabet &alphabet)
{
    std::string text = spelled_out(arguments.text(0));
    std::fill(std::begin(alphabet.of_byte), std::end(alphabet.of_byte), static_cast<int16_t>(-1));
    for (const char *at = text.data(), *end = at + text.size(); at < end;) {
        size_t size = target.encoding.length(at, end);
        if (alphabet.numeral(at, size) >= 0)
            return arguments.wrong(0, "the alphabet has a character twice");
        uint16_t numeral = static_cast<uint16_t>(alphabet.characters.size());
        alphabet.characters.emplace_back(at, size);
        if (size == 1)
            alphabet.of_byte[static_cast<unsigned char>(*at)] = static_cast<int16_t>(numeral);
        else
            alphabet.others.emplace(std::string(at, size), numeral);
        at += size;
    }
    if (alphabet.characters.size() < 2 || alphabet.characters.size() > 30000)
        return arguments.wrong(0, "an alphabet needs from two to 30000 characters",
                               "Name them, or one of 'digits', 'lower', 'upper', 'letters', 'alphanumeric'.");
    return Status::ok();
}

// Characters of the alphabet are encrypted together, the others stay where they are. Where there are too few for
// NIST's minimum of a million texts: the default.
class FpeText final : public Masker
{
  public:
    FpeText(const Target &target, const Secret &key, Alphabet given)
        : Masker(target), alphabet(std::move(given)),
          ff1(key.bytes, sizeof key.bytes, static_cast<unsigned>(alphabet.characters.size()))
    {
    }
    size_t capacity(size_t input) const noexcept override { return input + input / 2 + 16; }

    void apply(const Value &value, Output &out) const override
    {
        numerals.clear();
        if (alphabet.others.empty())
            take_bytes(value.bytes);
        else
            take_characters(value.bytes);
        if (numerals.size() < ff1.least() || numerals.size() > Ff1::most) {
            out.outcome = Output::Outcome::Default;
            return;
        }
        ff1.encrypt(numerals);
        if (alphabet.others.empty())
            put_bytes(value.bytes, out);
        else
            put_characters(value.bytes, out);
    }

  private:
    // Where every character of the alphabet is a byte: no byte of a longer character is one of them.
    void take_bytes(std::string_view bytes) const
    {
        for (char c : bytes)
            if (int n = alphabet.of_byte[static_cast<unsigned char>(c)]; n >= 0)
                numerals.push_back(static_cast<uint16_t>(n));
    }
    void put_bytes(std::string_view bytes, Output &out) const
    {
        size_t next = 0;
        out.append(bytes);
        for (size_t i = 0; i < bytes.size() && out.fits(); i++)
            if (alphabet.of_byte[static_cast<unsigned char>(bytes[i])] >= 0)
                out.data[i] = alphabet.characters[numerals[next++]][0];
    }

    void take_characters(std::string_view bytes) const
    {
        for (const char *at = bytes.data(), *end = at + bytes.size(); at < end;) {
            size_t size = target.encoding.length(at, end);
            if (int n = alphabet.numeral(at, size); n >= 0)
                numerals.push_back(static_cast<uint16_t>(n));
            at += size;
        }
    }
    void put_characters(std::string_view bytes, Output &out) const
    {
        size_t next = 0;
        for (const char *at = bytes.data(), *end = at + bytes.size(); at < end;) {
            size_t size = target.encoding.length(at, end);
            if (alphabet.numeral(at, size) >= 0)
                out.append(alphabet.characters[numerals[next++]]);
            else
                out.append(std::string_view(at, size));
            at += size;
        }
    }

    const Alphabet alphabet;
    mutable Ff1 ff1;
    mutable std::vector<uint16_t> numerals;
};

// The bits of a whole number below its sign: a permutation of the numbers of each sign.
class FpeInteger final : public Masker
{
  public:
    FpeInteger(const Target &target, const Secret &key)
        : Masker(target), ff1(key.bytes, sizeof key.bytes, 2), bits(target.highest > INT32_MAX ? 63 : 31)
    {
    }

    void apply(const Value &value, Output &out) const override
    {
        if (target.highest < INT32_MAX) { // smallint: fewer than a million numbers
            out.outcome = Output::Outcome::Default;
            return;
        }
        bool negative = value.integer < 0;
        uint64_t number = static_cast<uint64_t>(negative ? -(value.integer + 1) : value.integer), result = 0;
        numerals.resize(bits);
        for (size_t i = bits; i-- > 0; number >>= 1)
            numerals[i] = number & 1;
        ff1.encrypt(numerals);
        for (size_t i = 0; i < bits; i++)
            result = result << 1 | numerals[i];
        out.integer = negative ? -static_cast<int64_t>(result) - 1 : static_cast<int64_t>(result);
    }

  private:
    mutable Ff1 ff1;
    mutable std::vector<uint16_t> numerals;
    const size_t bits;
};

// ISO/IEC 7812-1's check digit for the digits before it.
uint16_t luhn(const std::vector<uint16_t> &digits)
{
    unsigned sum = 0;
    bool twice = true;
    for (size_t i = digits.size(); i-- > 0; twice = !twice) {
        unsigned digit = twice ? digits[i] * 2U : digits[i];
        sum += digit > 9 ? digit - 9 : digit;
    }
    return static_cast<uint16_t>((10 - sum % 10) % 10);
}

// All digits but the last are encrypted, the last is their check digit; separators stay.
class FpePan final : public Masker
{
  public:
    FpePan(const Target &target, const Secret &key) : Masker(target), ff1(key.bytes, sizeof key.bytes, 10) {}

    void apply(const Value &value, Output &out) const override
    {
        numerals.clear();
        bool ok = true;
        for (char c : value.bytes) {
            if (c >= '0' && c <= '9')
                numerals.push_back(static_cast<uint16_t>(c - '0'));
            else
                ok = ok && (c == ' ' || c == '-' || c == '.');
        }
        if (!ok || numerals.size() < 12 || numerals.size() > 19) {
            out.outcome = Output::Outcome::Default;
            return;
        }
        // A number with a wrong check digit is another than the one with the right one: the tweak tells them apart.
        char wrong = static_cast<char>(numerals.back());
        numerals.pop_back();
        wrong = static_cast<char>((wrong + 10 - luhn(numerals)) % 10);
        ff1.encrypt(numerals, std::string_view(&wrong, wrong == 0 ? 0 : 1));
        numerals.push_back(luhn(numerals));
        size_t next = 0;
        for (char c : value.bytes)
            out.append(c >= '0' && c <= '9' ? static_cast<char>('0' + numerals[next++]) : c);
    }

  private:
    mutable Ff1 ff1;
    mutable std::vector<uint16_t> numerals;
};

} // namespace

Status make_fpe(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    Secret key;
    if (Status s = derive_key(arguments, "fpe", key); !s)
        return s;
    if (target.kind == Kind::Integer) {
        if (arguments.text(0) != "digits")
            return arguments.wrong(0, "of a whole number the alphabet is 'digits'");
        mask = std::make_unique<FpeInteger>(target, key);
        return Status::ok();
    }
    Alphabet alphabet;
    if (Status s = read_alphabet(arguments, target, alphabet); !s)
        return s;
    mask = std::make_unique<FpeText>(target, key, std::move(alphabet));
    return Status::ok();
}

Status make_fpe_pan(const Arguments &arguments, const Target &target, std::unique_ptr<Masker> &mask)
{
    Secret key;
    if (Status s = derive_key(arguments, "fpe_pan", key); !s)
        return s;
    mask = std::make_unique<FpePan>(target, key);
    return Status::ok();
}

} // namespace ddm::core
