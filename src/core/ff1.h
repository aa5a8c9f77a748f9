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
    __extension__ typedef unsigned __int128 Wide;

    void run(std::vector<uint16_t> &numerals, std::string_view tweak, bool forward);
    void set_length(size_t n, size_t tweak_size);
    void cipher(unsigned char *block) const;
    void round_bytes(unsigned round, std::string_view tweak, const unsigned char *half, std::vector<unsigned char> &s);
    void mix_short(uint16_t *target, size_t m, const uint16_t *source, size_t size, unsigned round,
                   std::string_view tweak, bool add);
    void mix_long(uint16_t *target, size_t m, const uint16_t *source, size_t size, unsigned round,
                  std::string_view tweak, bool add);

    evp_cipher_ctx_st *context;
    const unsigned radix;
    size_t least_;
    // What depends on the lengths alone, kept for the next value of the same.
    size_t length = 0, tweak_length = SIZE_MAX;
    size_t b = 0, d = 0;
    unsigned char chained_p[16];
    std::vector<unsigned char> half_bytes, s_bytes, q_bytes;
};

} // namespace ddm::core
