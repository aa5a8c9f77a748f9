/* What OpenSSL itself costs for a value: the plain loop that the keyed masks are measured against.
 *   openssl hmac|aes|ff1 count    nanoseconds for each of count values, the lowest of a few runs
 * hmac is HMAC-SHA-256 of an e-mail address under a key that is set once; aes the ten blocks of AES-256 that FF1 takes for
 * a text of up to 18 digits; ff1 all of FF1 for ten digits as one writes it down, with OpenSSL's own numbers. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const unsigned char key[32] = {7};
static volatile unsigned sink;

static void run_hmac(long count)
{
    HMAC_CTX *context = HMAC_CTX_new();
    unsigned char tag[32];
    unsigned size;
    char value[64];

    HMAC_Init_ex(context, key, sizeof key, EVP_sha256(), NULL);
    for (long i = 0; i < count; i++) {
        int length = 26;
        memcpy(value, "person0000000@mail.example", 26);
        for (long n = i, at = 12; n > 0; n /= 10, at--)
            value[at] = (char)('0' + n % 10);
        HMAC_Init_ex(context, NULL, 0, NULL, NULL);
        HMAC_Update(context, (unsigned char *)value, length);
        HMAC_Final(context, tag, &size);
        sink += tag[0];
    }
    HMAC_CTX_free(context);
}

static EVP_CIPHER_CTX *new_cipher(void)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();

    EVP_EncryptInit_ex(context, EVP_aes_256_ecb(), NULL, key, NULL);
    EVP_CIPHER_CTX_set_padding(context, 0);
    return context;
}

static void run_aes(long count)
{
    EVP_CIPHER_CTX *context = new_cipher();
    unsigned char block[16] = {0};
    int size;

    for (long i = 0; i < count; i++)
        for (int round = 0; round < 10; round++)
            EVP_EncryptUpdate(context, block, &size, block, 16);
    sink += block[0];
    EVP_CIPHER_CTX_free(context);
}

static void number_of(BIGNUM *number, const unsigned char *digits, int count)
{
    BN_zero(number);
    for (int i = 0; i < count; i++) {
        BN_mul_word(number, 10);
        BN_add_word(number, digits[i]);
    }
}

/* Ten digits: halves of five, in three bytes; S is of eight. */
static void run_ff1(long count)
{
    EVP_CIPHER_CTX *context = new_cipher();
    BN_CTX *scratch = BN_CTX_new();
    BIGNUM *a = BN_new(), *b = BN_new(), *y = BN_new(), *modulus = BN_new();
    unsigned char p[16] = {1, 2, 1, 0, 0, 10, 10, 5, 0, 0, 0, 10, 0, 0, 0, 0}, digits[10];
    int size;

    BN_set_word(modulus, 100000);
    EVP_EncryptUpdate(context, p, &size, p, 16);
    for (long i = 0; i < count; i++) {
        for (long at = 9, n = i; at >= 0; at--, n /= 10)
            digits[at] = (unsigned char)(n % 10);
        for (unsigned char round = 0; round < 10; round++) {
            unsigned char block[16] = {0};
            number_of(a, digits, 5);
            number_of(b, digits + 5, 5);
            block[12] = round;
            BN_bn2binpad(b, block + 13, 3);
            for (int k = 0; k < 16; k++)
                block[k] ^= p[k];
            EVP_EncryptUpdate(context, block, &size, block, 16);
            BN_bin2bn(block, 8, y);
            BN_mod_add(a, a, y, modulus, scratch);
            memmove(digits, digits + 5, 5);
            for (int k = 9; k >= 5; k--)
                digits[k] = (unsigned char)BN_div_word(a, 10);
        }
        sink += digits[0];
    }
    BN_free(a), BN_free(b), BN_free(y), BN_free(modulus), BN_CTX_free(scratch), EVP_CIPHER_CTX_free(context);
}

int main(int argc, char **argv)
{
    long count = argc == 3 ? atol(argv[2]) : 0;
    void (*run)(long) = count > 0 && strcmp(argv[1], "hmac") == 0  ? run_hmac
                        : count > 0 && strcmp(argv[1], "aes") == 0 ? run_aes
                        : count > 0 && strcmp(argv[1], "ff1") == 0 ? run_ff1
                                                                   : NULL;
    double lowest = 1e18;

    if (run == NULL)
        return 2;
    for (int i = 0; i < 3; i++) {
        struct timespec from, to;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
        run(count);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
        double spent = ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) / (double)count;
        if (spent < lowest)
            lowest = spent;
    }
    printf("%.1f\n", lowest);
    return 0;
}
