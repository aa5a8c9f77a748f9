// FF1 after NIST SP 800-38G; the names of variables are the publication's.
#include "core/ff1.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstring>
#include <memory>
#include <stdexcept>

namespace ddm::core
{

namespace
{

struct BnFree {
    void operator()(BIGNUM *n) const { BN_clear_free(n); }
};
using Bn = std::unique_ptr<BIGNUM, BnFree>;

Bn new_number(unsigned long value = 0)
{
    Bn n(BN_new());
    if (!n || BN_set_word(n.get(), value) != 1)
        throw std::bad_alloc();
    return n;
}

void check(int ok)
{
    if (ok != 1)
        throw std::runtime_error("arithmetic failed in FF1");
}

Bn power(unsigned radix, size_t exponent)
{
    Bn result = new_number(1);
    for (size_t i = 0; i < exponent; i++)
        check(BN_mul_word(result.get(), radix));
    return result;
}

} // namespace

Ff1::Ff1(const unsigned char *key, size_t size, unsigned radix) : context(EVP_CIPHER_CTX_new()), radix(radix)
{
    const EVP_CIPHER *aes = size == 16 ? EVP_aes_128_ecb() : size == 24 ? EVP_aes_192_ecb() : EVP_aes_256_ecb();
    if (context == nullptr || EVP_EncryptInit_ex(context, aes, nullptr, key, nullptr) != 1 ||
        EVP_CIPHER_CTX_set_padding(context, 0) != 1) {
        EVP_CIPHER_CTX_free(context);
        throw std::runtime_error("AES is not available");
    }
    least_ = 2;
    for (double domain = static_cast<double>(radix) * radix; domain < 1000000; domain *= radix)
        least_++;
}

Ff1::~Ff1()
{
    EVP_CIPHER_CTX_free(context); // cleanses the key schedule
    OPENSSL_cleanse(s_bytes.data(), s_bytes.size());
}

void Ff1::cipher(unsigned char *block) const
{
    int size = 0;
    if (EVP_EncryptUpdate(context, block, &size, block, 16) != 1 || size != 16)
        throw std::runtime_error("AES failed");
}

// Steps 3 to 5: b, d and P, and the cipher's chaining value behind P.
void Ff1::set_length(size_t n, size_t tweak_size)
{
    size_t u = n / 2, v = n - u;
    Bn last = power(radix, v);
    check(BN_sub_word(last.get(), 1));
    b = static_cast<size_t>(BN_num_bytes(last.get()));
    d = 4 * ((b + 3) / 4) + 4;
    // clang-format off: a table
    unsigned char p[16] = {1,
                           2,
                           1,
                           static_cast<unsigned char>(radix >> 16),
                           static_cast<unsigned char>(radix >> 8),
                           static_cast<unsigned char>(radix),
                           10,
                           static_cast<unsigned char>(u),
                           static_cast<unsigned char>(n >> 24),
                           static_cast<unsigned char>(n >> 16),
                           static_cast<unsigned char>(n >> 8),
                           static_cast<unsigned char>(n),
                           static_cast<unsigned char>(tweak_size >> 24),
                           static_cast<unsigned char>(tweak_size >> 16),
                           static_cast<unsigned char>(tweak_size >> 8),
                           static_cast<unsigned char>(tweak_size)};
    // clang-format on
    std::memcpy(chained_p, p, 16);
    cipher(chained_p);
    half_bytes.assign(b, 0);
    length = n;
    tweak_length = tweak_size;
}

// Steps 6.i to 6.iii: Q, R and the d bytes of S; `half` is NUM(B) in b bytes.
void Ff1::round_bytes(unsigned round, std::string_view tweak, const unsigned char *half, std::vector<unsigned char> &s)
{
    size_t t = tweak.size(), zeros = (16 - (t + b + 1) % 16) % 16;
    q_bytes.assign(t + zeros + 1 + b, 0);
    if (t > 0)
        std::memcpy(q_bytes.data(), tweak.data(), t);
    q_bytes[t + zeros] = static_cast<unsigned char>(round);
    std::memcpy(q_bytes.data() + t + zeros + 1, half, b);

    unsigned char r[16];
    std::memcpy(r, chained_p, 16);
    for (size_t at = 0; at < q_bytes.size(); at += 16) {
        for (size_t i = 0; i < 16; i++)
            r[i] ^= q_bytes[at + i];
        cipher(r);
    }
    s.resize((d + 15) / 16 * 16);
    std::memcpy(s.data(), r, 16);
    for (size_t j = 1; j * 16 < d; j++) {
        unsigned char block[16];
        std::memcpy(block, r, 16);
        for (size_t i = 0; i < 4; i++)
            block[15 - i] ^= static_cast<unsigned char>(j >> (8 * i));
        cipher(block);
        std::memcpy(s.data() + 16 * j, block, 16);
    }
}

// One round where NUM(B) and S fit 128 bits: target = target ± F(source) modulo radix^m.
void Ff1::mix_short(uint16_t *target, size_t m, const uint16_t *source, size_t size, unsigned round,
                    std::string_view tweak, bool add)
{
    Wide number = 0, value = 0, modulus = 1, y = 0;
    for (size_t i = 0; i < size; i++)
        number = number * radix + source[i];
    for (size_t i = b; i-- > 0; number >>= 8)
        half_bytes[i] = static_cast<unsigned char>(number);
    round_bytes(round, tweak, half_bytes.data(), s_bytes);
    for (size_t i = 0; i < d; i++)
        y = y << 8 | s_bytes[i];
    for (size_t i = 0; i < m; i++) {
        value = value * radix + target[i];
        modulus *= radix;
    }
    y %= modulus;
    value = add ? (value + y) % modulus : (value + modulus - y) % modulus;
    for (size_t i = m; i-- > 0; value /= radix)
        target[i] = static_cast<uint16_t>(value % radix);
}

void Ff1::mix_long(uint16_t *target, size_t m, const uint16_t *source, size_t size, unsigned round,
                   std::string_view tweak, bool add)
{
    std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> scratch(BN_CTX_new(), BN_CTX_free);
    Bn number = new_number(), value = new_number(), modulus = power(radix, m), y = new_number();
    for (size_t i = 0; i < size; i++) {
        check(BN_mul_word(number.get(), radix));
        check(BN_add_word(number.get(), source[i]));
    }
    if (BN_bn2binpad(number.get(), half_bytes.data(), static_cast<int>(b)) < 0)
        throw std::runtime_error("arithmetic failed in FF1");
    round_bytes(round, tweak, half_bytes.data(), s_bytes);
    if (BN_bin2bn(s_bytes.data(), static_cast<int>(d), y.get()) == nullptr)
        throw std::bad_alloc();
    for (size_t i = 0; i < m; i++) {
        check(BN_mul_word(value.get(), radix));
        check(BN_add_word(value.get(), target[i]));
    }
    check(add ? BN_mod_add(value.get(), value.get(), y.get(), modulus.get(), scratch.get())
              : BN_mod_sub(value.get(), value.get(), y.get(), modulus.get(), scratch.get()));
    for (size_t i = m; i-- > 0;)
        target[i] = static_cast<uint16_t>(BN_div_word(value.get(), radix));
}

// Ten rounds; the halves change places in the publication, here they take turns.
void Ff1::run(std::vector<uint16_t> &numerals, std::string_view tweak, bool forward)
{
    size_t n = numerals.size(), u = n / 2, v = n - u;
    if (n < least_ || n > most)
        throw std::runtime_error("too few or too many numerals for FF1");
    if (n != length || tweak.size() != tweak_length)
        set_length(n, tweak.size());
    uint16_t *first = numerals.data(), *second = first + u;
    bool fits = d <= 16;
    for (unsigned step = 0; step < 10; step++) {
        unsigned round = forward ? step : 9 - step;
        bool even = round % 2 == 0;
        uint16_t *target = even ? first : second, *source = even ? second : first;
        size_t m = even ? u : v, size = even ? v : u;
        if (fits)
            mix_short(target, m, source, size, round, tweak, forward);
        else
            mix_long(target, m, source, size, round, tweak, forward);
    }
}

} // namespace ddm::core
