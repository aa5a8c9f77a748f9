// FF1, format-preserving encryption: NIST SP 800-38G, algorithms 7 and 8.
#pragma once

#include "core/decimal.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

struct evp_cipher_ctx_st;

namespace ddm::core
{

class Ff1
{
  public:
    // A key of 16, 24 or 32 bytes; radix 2 to 65536. Throws where OpenSSL fails.
    Ff1(const unsigned char *key, size_t size, unsigned radix);
    ~Ff1();
    Ff1(const Ff1 &) = delete;
    Ff1 &operator=(const Ff1 &) = delete;

    // The least number of numerals: radix to its power is a million or more.
    size_t least() const { return least_; }
    static constexpr size_t most = 4096;

    // Numerals below the radix, least() to `most` of them, in place.
    void encrypt(std::vector<uint16_t> &numerals, std::string_view tweak = {}) { run(numerals, tweak, true); }
    void decrypt(std::vector<uint16_t> &numerals, std::string_view tweak = {}) { run(numerals, tweak, false); }

  private:
    // Remainders by multiplication: of what is below 2^64, by what is at most 2^32.
    struct Divisor {
        uint64_t number = 1, inverse = 0;
        Divisor() = default;
        explicit Divisor(uint64_t n) : number(n), inverse(UINT64_MAX / n) {}
        uint64_t divide(uint64_t &rest) const // answers the quotient
        {
            // Too small by one at most: the inverse is by less than one.
            uint64_t quotient = static_cast<uint64_t>(static_cast<UnsignedWide>(rest) * inverse >> 64);
            rest -= quotient * number;
            uint64_t more = rest >= number;
            rest -= number & (0 - more);
            quotient += more;
            return quotient;
        }
    };
    // What depends on the lengths alone: steps 1 to 5.
    struct Shape {
        size_t n = 0, tweak_size = 0;
        size_t b = 0, d = 0;
        unsigned char chained_p[16] = {0}; // the cipher's chaining value behind P
        UnsignedWide modulus[2] = {0};     // of each half, where d is at most 16
        Divisor divisor[2];                // where it is at most 8
    };

    void run(std::vector<uint16_t> &numerals, std::string_view tweak, bool forward);
    template <typename Number> void run_short(const Shape &shape, uint16_t *first, bool forward);
    void run_long(const Shape &shape, uint16_t *first, bool forward);
    const Shape &shape_of(size_t n, size_t tweak_size);
    void start(const Shape &shape, std::string_view tweak);
    void chain(const unsigned char *blocks, size_t size, unsigned char *value) const;
    void round_bytes(const Shape &shape, unsigned round);
    void cipher(unsigned char *block) const;

    evp_cipher_ctx_st *context;
    const unsigned radix;
    const Divisor by_radix;
    size_t least_;
    Shape shapes[16];                 // of lengths that were met, by length
    unsigned char chained[16];        // the cipher's chaining value behind P and what of Q is the same in every round
    std::vector<unsigned char> q_end; // the rest of Q: NUM of a half is its last b bytes, the round stands before them
    std::vector<unsigned char> s_bytes;
};

} // namespace ddm::core
