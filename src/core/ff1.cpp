// FF1 after NIST SP 800-38G; the names of variables are the publication's.
#include "core/ff1.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <bit>
#include <cstring>
#include <iterator>
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

Ff1::Ff1(const unsigned char *key, size_t size, unsigned radix)
    : context(EVP_CIPHER_CTX_new()), radix(radix), by_radix(radix)
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
    OPENSSL_cleanse(q_end.data(), q_end.size());
}

void Ff1::cipher(unsigned char *block) const
{
    int size = 0;
    if (EVP_EncryptUpdate(context, block, &size, block, 16) != 1 || size != 16)
        throw std::runtime_error("AES failed");
}

// In b bytes: the largest number of v numerals.
static size_t bytes_of_half(unsigned radix, size_t v)
{
    Bn last = power(radix, v);
    check(BN_sub_word(last.get(), 1));
    return static_cast<size_t>(BN_num_bytes(last.get()));
}

const Ff1::Shape &Ff1::shape_of(size_t n, size_t tweak_size)
{
    Shape &shape = shapes[n % std::size(shapes)];
    if (shape.n == n && shape.tweak_size == tweak_size)
        return shape;
    size_t u = n / 2, v = n - u;
    shape.n = 0; // until it is whole
    shape.b = bytes_of_half(radix, v);
    shape.d = 4 * ((shape.b + 3) / 4) + 4;
    unsigned char p[16] = {1, 2, 1};
    auto put = [&p](size_t end, size_t number, size_t bytes) {
        for (; bytes-- > 0; number >>= 8)
            p[--end] = static_cast<unsigned char>(number);
    };
    put(6, radix, 3);
    put(7, 10, 1);
    put(8, u, 1);
    put(12, n, 4);
    put(16, tweak_size, 4);
    std::memcpy(shape.chained_p, p, 16);
    cipher(shape.chained_p);
    for (size_t half = 0; half < 2 && shape.d <= 16; half++) {
        shape.modulus[half] = 1;
        for (size_t i = 0; i < (half == 0 ? u : v); i++)
            shape.modulus[half] *= radix;
        if (shape.d <= 8)
            shape.divisor[half] = Divisor(static_cast<uint64_t>(shape.modulus[half]));
    }
    shape.tweak_size = tweak_size;
    shape.n = n;
    return shape;
}

// The cipher as CBC-MAC, from `value` on.
void Ff1::chain(const unsigned char *blocks, size_t size, unsigned char *value) const
{
    for (size_t at = 0; at < size; at += 16) {
        for (size_t i = 0; i < 16; i++)
            value[i] ^= blocks[at + i];
        cipher(value);
    }
}

// Q, but for the round and NUM of the half that differ from round to round; and the chain as far as they have no part.
void Ff1::start(const Shape &shape, std::string_view tweak)
{
    size_t size = (tweak.size() + 1 + shape.b + 15) / 16 * 16, same = (size - shape.b - 1) / 16 * 16;
    q_end.assign(size, 0);
    if (!tweak.empty())
        std::memcpy(q_end.data(), tweak.data(), tweak.size());
    std::memcpy(chained, shape.chained_p, 16);
    chain(q_end.data(), same, chained);
    q_end.erase(q_end.begin(), q_end.begin() + static_cast<std::ptrdiff_t>(same));
}

static uint64_t load(const unsigned char *bytes)
{
    uint64_t number;
    std::memcpy(&number, bytes, sizeof number);
    return std::endian::native == std::endian::little ? __builtin_bswap64(number) : number;
}

// Both at once: the cipher reads sixteen bytes, and would wait for two stores of eight.
static void store(uint64_t high, uint64_t low, unsigned char *bytes)
{
    typedef uint64_t Pair __attribute__((vector_size(16)));
    if (std::endian::native == std::endian::little) {
        high = __builtin_bswap64(high);
        low = __builtin_bswap64(low);
    }
    Pair pair = {high, low};
    std::memcpy(bytes, &pair, sizeof pair);
}

// Ten rounds; the halves change places in the publication, here they take turns. NUM of the halves is kept from round
// to round. Number holds d bytes, and so twice the largest half; round and NUM fit the one block that Q's end is.
template <typename Number> void Ff1::run_short(const Shape &shape, uint16_t *first, bool forward)
{
    constexpr bool small = sizeof(Number) == 8;
    size_t u = shape.n / 2;
    const size_t size[2] = {u, shape.n - u};
    uint16_t *const at[2] = {first, first + u};
    Number half[2] = {0, 0};
    for (size_t h = 0; h < 2; h++)
        for (size_t i = 0; i < size[h]; i++)
            half[h] = half[h] * radix + at[h][i];
    const uint64_t high = load(chained) ^ load(q_end.data()), low = load(chained + 8) ^ load(q_end.data() + 8);
    for (unsigned step = 0; step < 10; step++) {
        unsigned round = forward ? step : 9 - step;
        size_t target = round % 2;
        UnsignedWide end = static_cast<UnsignedWide>(round) << 8 * shape.b | half[1 - target];
        alignas(16) unsigned char block[16];
        store(high ^ static_cast<uint64_t>(end >> 64), low ^ static_cast<uint64_t>(end), block);
        cipher(block);
        const Number modulus = static_cast<Number>(shape.modulus[target]);
        Number y = load(block);
        if constexpr (small) {
            shape.divisor[target].divide(y);
        } else {
            y = (y << 64 | load(block + 8)) >> 8 * (16 - shape.d);
            y %= modulus;
        }
        Number sum = half[target] + (forward ? y : modulus - y);
        half[target] = sum - (modulus & (0 - static_cast<Number>(sum >= modulus))); // without a branch to mispredict
    }
    for (size_t h = 0; h < 2; h++)
        for (size_t i = size[h]; i-- > 0;) {
            if constexpr (small) {
                uint64_t numeral = half[h];
                half[h] = by_radix.divide(numeral);
                at[h][i] = static_cast<uint16_t>(numeral);
            } else {
                at[h][i] = static_cast<uint16_t>(half[h] % radix);
                half[h] /= radix;
            }
        }
}

// Steps 6.i to 6.iii: R and the d bytes of S.
void Ff1::round_bytes(const Shape &shape, unsigned round)
{
    unsigned char *r = s_bytes.data();
    q_end[q_end.size() - shape.b - 1] = static_cast<unsigned char>(round);
    std::memcpy(r, chained, 16);
    chain(q_end.data(), q_end.size(), r);
    for (size_t j = 1; j * 16 < shape.d; j++) {
        unsigned char *block = s_bytes.data() + 16 * j;
        std::memcpy(block, r, 16);
        for (size_t i = 0; i < 4; i++)
            block[15 - i] ^= static_cast<unsigned char>(j >> (8 * i));
        cipher(block);
    }
}

void Ff1::run_long(const Shape &shape, uint16_t *first, bool forward)
{
    size_t u = shape.n / 2;
    const size_t size[2] = {u, shape.n - u};
    uint16_t *const at[2] = {first, first + u};
    const Bn modulus[2] = {power(radix, size[0]), power(radix, size[1])};
    Bn half[2] = {new_number(), new_number()}, y = new_number();
    std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> scratch(BN_CTX_new(), BN_CTX_free);
    s_bytes.resize((shape.d + 15) / 16 * 16);
    for (size_t h = 0; h < 2; h++)
        for (size_t i = 0; i < size[h]; i++) {
            check(BN_mul_word(half[h].get(), radix));
            check(BN_add_word(half[h].get(), at[h][i]));
        }
    for (unsigned step = 0; step < 10; step++) {
        unsigned round = forward ? step : 9 - step;
        size_t target = round % 2;
        unsigned char *number = q_end.data() + q_end.size() - shape.b;
        check(BN_bn2binpad(half[1 - target].get(), number, static_cast<int>(shape.b)) >= 0);
        round_bytes(shape, round);
        check(BN_bin2bn(s_bytes.data(), static_cast<int>(shape.d), y.get()) != nullptr);
        BIGNUM *n = half[target].get();
        check(forward ? BN_mod_add(n, n, y.get(), modulus[target].get(), scratch.get())
                      : BN_mod_sub(n, n, y.get(), modulus[target].get(), scratch.get()));
    }
    for (size_t h = 0; h < 2; h++)
        for (size_t i = size[h]; i-- > 0;)
            at[h][i] = static_cast<uint16_t>(BN_div_word(half[h].get(), radix));
}

void Ff1::run(std::vector<uint16_t> &numerals, std::string_view tweak, bool forward)
{
    if (numerals.size() < least_ || numerals.size() > most)
        throw std::runtime_error("too few or too many numerals for FF1");
    const Shape &shape = shape_of(numerals.size(), tweak.size());
    start(shape, tweak);
    if (shape.d <= 8)
        run_short<uint64_t>(shape, numerals.data(), forward);
    else if (shape.d <= 16)
        run_short<UnsignedWide>(shape, numerals.data(), forward);
    else
        run_long(shape, numerals.data(), forward);
}

} // namespace ddm::core
