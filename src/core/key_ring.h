// Inside core: keys for masks, and HMAC-SHA-256 at the cost of its compressions.
#pragma once

// The low-level functions are deprecated in favour of EVP, whose contexts cost more to copy than a short value to hash.
#ifndef OPENSSL_SUPPRESS_DEPRECATED
#define OPENSSL_SUPPRESS_DEPRECATED
#endif

#include "core/decimal.h"
#include "core/keys.h"
#include "core/mask_row.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <string>

namespace ddm::core
{

struct Secret {
    unsigned char bytes[key_size] = {0};
    Secret() = default;
    Secret(const Secret &) = default;
    Secret &operator=(const Secret &) = default;
    ~Secret() { OPENSSL_cleanse(bytes, sizeof bytes); }
};

// RFC 2104, with both padded keys hashed once.
class Hmac
{
  public:
    struct Tag {
        unsigned char bytes[SHA256_DIGEST_LENGTH];
        uint64_t number() const // the first eight bytes
        {
            uint64_t n = 0;
            for (int i = 0; i < 8; i++)
                n = n << 8 | bytes[i];
            return n;
        }
        UnsignedWide wide() const // the first sixteen
        {
            UnsignedWide n = 0;
            for (int i = 0; i < 16; i++)
                n = n << 8 | bytes[i];
            return n;
        }
    };
    explicit Hmac(const Secret &key);
    ~Hmac();
    Hmac(const Hmac &) = delete;
    Hmac &operator=(const Hmac &) = delete;
    Tag operator()(std::string_view message) const;

  private:
    SHA256_CTX inner, outer;
};

// The key that the arguments name, for one purpose alone: a token under one mask says nothing of another's.
Status derive_key(const Arguments &arguments, std::string_view purpose, Secret &key);

// The words of a dictionary; an error where it does not exist or is empty.
Status find_dictionary(const Arguments &arguments, size_t i, std::string &words);

} // namespace ddm::core
