// The ring of keys.
#include "core/key_ring.h"

#include <openssl/rand.h>

#include <charconv>
#include <vector>

namespace ddm::core
{

namespace
{

struct Entry {
    std::string name;
    uint32_t generation = 0;
    Secret secret;
};

std::vector<Entry> &ring()
{
    static std::vector<Entry> entries;
    return entries;
}

DictionarySource dictionaries = nullptr;

bool valid_name(std::string_view name)
{
    if (name.empty() || name.size() > 63)
        return false;
    for (char c : name)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
              c == '.'))
            return false;
    return true;
}

int nibble(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

std::string_view take_word(std::string_view &line)
{
    size_t from = line.find_first_not_of(" \t\r");
    line.remove_prefix(from == std::string_view::npos ? line.size() : from);
    std::string_view word = line.substr(0, line.find_first_of(" \t\r"));
    line.remove_prefix(word.size());
    return word;
}

bool read_entry(std::string_view line, Entry &entry)
{
    std::string_view name = take_word(line), generation = take_word(line), hex = take_word(line);
    auto [end, error] = std::from_chars(generation.data(), generation.data() + generation.size(), entry.generation);
    if (!valid_name(name) || error != std::errc() || end != generation.data() + generation.size() ||
        entry.generation == 0 || hex.size() != 2 * key_size || !take_word(line).empty())
        return false;
    for (size_t i = 0; i < key_size; i++) {
        int high = nibble(hex[2 * i]), low = nibble(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        entry.secret.bytes[i] = static_cast<unsigned char>(high << 4 | low);
    }
    entry.name = name;
    return true;
}

const Entry *find(std::string_view name)
{
    uint32_t wanted = 0;
    if (size_t at = name.rfind('@'); at != std::string_view::npos) {
        std::string_view digits = name.substr(at + 1);
        auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), wanted);
        if (error != std::errc() || end != digits.data() + digits.size() || wanted == 0)
            return nullptr;
        name = name.substr(0, at);
    }
    const Entry *best = nullptr;
    for (const Entry &entry : ring())
        if (entry.name == name && (wanted == 0 || entry.generation == wanted) &&
            (best == nullptr || entry.generation > best->generation))
            best = &entry;
    return best;
}

} // namespace

Status load_keys(std::string_view text) noexcept
{
    Status status = guarded([&]() -> Status {
        std::vector<Entry> entries;
        size_t number = 0;
        while (!text.empty()) {
            size_t end = text.find('\n');
            std::string_view line = text.substr(0, end);
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
            number++;
            if (line.find_first_not_of(" \t\r") == std::string_view::npos || line.starts_with('#'))
                continue;
            Entry entry;
            if (!read_entry(line, entry))
                return Status::error(Code::Syntax, "line " + std::to_string(number) + " of the key file is not a key");
            entries.push_back(std::move(entry));
        }
        ring() = std::move(entries);
        return Status::ok();
    });
    if (!status)
        forget_keys();
    return status;
}

void forget_keys() noexcept { ring().clear(); }

bool has_key(std::string_view name) noexcept { return find(name) != nullptr; }

uint32_t key_generation(std::string_view name) noexcept
{
    const Entry *entry = find(name);
    return entry ? entry->generation : 0;
}

bool key_at(size_t index, std::string_view *name, uint32_t *generation) noexcept
{
    if (index >= ring().size())
        return false;
    *name = ring()[index].name;
    *generation = ring()[index].generation;
    return true;
}

Status new_key_line(std::string_view name, char *line, size_t *size) noexcept
{
    return guarded([&]() -> Status {
        if (!valid_name(name))
            return Status::error(Code::Value, "invalid name of a key", 0, name.size(),
                                 "A name is of at most 63 letters, digits, and the signs _ - and dot.");
        Secret secret;
        if (RAND_bytes(secret.bytes, sizeof secret.bytes) != 1)
            return Status::error(Code::Internal, "no random numbers");
        Output out;
        out.data = line;
        out.capacity = key_line_size;
        out.append(name);
        out.append(' ');
        out.append(std::to_string(key_generation(name) + 1));
        out.append(' ');
        for (unsigned char byte : secret.bytes) {
            out.append("0123456789abcdef"[byte >> 4]);
            out.append("0123456789abcdef"[byte & 15]);
        }
        out.append('\n');
        *size = out.size;
        return out.fits() ? Status::ok() : Status::error(Code::Internal, "key line too long");
    });
}

void cleanse(void *memory, size_t size) noexcept { OPENSSL_cleanse(memory, size); }

void set_dictionary_source(DictionarySource source) noexcept { dictionaries = source; }

Status find_dictionary(const Arguments &arguments, size_t i, std::string &words)
{
    std::string_view found;
    if (dictionaries == nullptr || !dictionaries(arguments.text(i), &found))
        return arguments.wrong(i, "dictionary does not exist", "See ddm.dictionaries, and ddm.load_dictionary().");
    if (found.empty())
        return arguments.wrong(i, "dictionary is empty", "Fill it with ddm.load_dictionary().");
    words = found;
    return Status::ok();
}

// --- HMAC -----------------------------------------------------------------------------------------------------

Hmac::Hmac(const Secret &key)
{
    unsigned char pad[SHA256_CBLOCK];
    for (size_t i = 0; i < sizeof pad; i++)
        pad[i] = static_cast<unsigned char>((i < key_size ? key.bytes[i] : 0) ^ 0x36);
    SHA256_Init(&inner);
    SHA256_Update(&inner, pad, sizeof pad);
    for (unsigned char &byte : pad)
        byte ^= 0x36 ^ 0x5c;
    SHA256_Init(&outer);
    SHA256_Update(&outer, pad, sizeof pad);
    OPENSSL_cleanse(pad, sizeof pad);
}

Hmac::~Hmac()
{
    OPENSSL_cleanse(&inner, sizeof inner);
    OPENSSL_cleanse(&outer, sizeof outer);
}

Hmac::Tag Hmac::operator()(std::string_view message) const
{
    Tag tag;
    SHA256_CTX state = inner;
    SHA256_Update(&state, message.data(), message.size());
    SHA256_Final(tag.bytes, &state);
    state = outer;
    SHA256_Update(&state, tag.bytes, sizeof tag.bytes);
    SHA256_Final(tag.bytes, &state);
    return tag;
}

Status derive_key(const Arguments &arguments, std::string_view purpose, Secret &key)
{
    const Entry *entry = find(arguments.key);
    if (entry == nullptr) {
        bool named = arguments.key_length > 0;
        return Status::error(Code::Value, "key \"" + arguments.key + "\" does not exist",
                             named ? arguments.key_position : arguments.position,
                             named ? arguments.key_length : arguments.length, "Make it with ddm.rotate_key().");
    }
    Hmac::Tag tag = Hmac(entry->secret)("ddm " + std::string(purpose));
    std::memcpy(key.bytes, tag.bytes, key_size);
    OPENSSL_cleanse(&tag, sizeof tag);
    return Status::ok();
}

} // namespace ddm::core
