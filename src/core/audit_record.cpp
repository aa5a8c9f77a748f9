// Canonical bytes, JSON and hash chain of audit events. Source of the hash: FIPS 180-4, by libcrypto.
#include "core/audit_record.h"

#include <bit>
#include <cstdio>
#include <cstring>
#include <openssl/evp.h>

namespace ddm::core
{

namespace
{

constexpr unsigned char version = 1;
constexpr unsigned char text_tag = 0x80; // tags of texts; those of numbers are below

// clang-format off: a table
const char *const number_names[] = {"event_time", "finished_at", "query_id", "outer_query_id", "row_count",
                                    "executions", "backend_pid", "nested",   "would"};
const char *const text_names[] = {"kind",
                                  "user_name",
                                  "role_name",
                                  "invoked_by",
                                  "authenticated_as",
                                  "database_name",
                                  "application_name",
                                  "client_addr",
                                  "session_id",
                                  "command",
                                  "status",
                                  "sqlstate",
                                  "columns",
                                  "cleared_by",
                                  "query",
                                  "action",
                                  "object",
                                  "before",
                                  "after",
                                  "reason",
                                  "approver",
                                  "source"};
// clang-format on
static_assert(sizeof number_names / sizeof *number_names == AuditRecord::numbers);
static_assert(sizeof text_names / sizeof *text_names == AuditRecord::texts);

template <typename Word> Word big_endian(Word value) noexcept
{
    if constexpr (std::endian::native == std::endian::big)
        return value;
    else if constexpr (sizeof value == sizeof(uint64_t))
        return __builtin_bswap64(value);
    else
        return __builtin_bswap32(value);
}

template <typename Word> unsigned char *put(unsigned char *out, Word value) noexcept
{
    value = big_endian(value);
    std::memcpy(out, &value, sizeof value);
    return out + sizeof value;
}

template <typename Word> Word take(const unsigned char *in) noexcept
{
    Word value;
    std::memcpy(&value, in, sizeof value);
    return big_endian(value);
}

bool is_boolean(size_t number) noexcept
{
    return number == static_cast<size_t>(Number::Nested) || number == static_cast<size_t>(Number::Would);
}

bool is_time(size_t number) noexcept
{
    return number == static_cast<size_t>(Number::EventTime) || number == static_cast<size_t>(Number::FinishedAt);
}

// Days since 2000-01-01 to a date (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
void civil(int64_t days, int64_t *year, unsigned *month, unsigned *day) noexcept
{
    days += 730425; // from 0000-03-01
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    auto doe = static_cast<unsigned>(days - era * 146097);
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    unsigned mp = (5 * doy + 2) / 153;
    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = static_cast<int64_t>(yoe) + era * 400 + (*month <= 2);
}

size_t write_time(char *out, size_t room, int64_t microseconds) noexcept
{
    constexpr int64_t day_us = INT64_C(86400000000);
    int64_t days = microseconds / day_us, rest = microseconds % day_us;
    if (rest < 0) {
        rest += day_us;
        days--;
    }
    int64_t year = 0;
    unsigned month = 0, day = 0;
    civil(days, &year, &month, &day);
    auto second = static_cast<unsigned>(rest / 1000000);
    return static_cast<size_t>(std::snprintf(out, room, "\"%04lld-%02u-%02uT%02u:%02u:%02u.%06uZ\"",
                                             static_cast<long long>(year), month, day, second / 3600, second / 60 % 60,
                                             second % 60, static_cast<unsigned>(rest % 1000000)));
}

char *write_string(char *out, std::string_view value) noexcept
{
    *out++ = '"';
    for (char c : value) {
        auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            *out++ = '\\';
            *out++ = c;
        } else if (byte < 0x20 || byte == 0x7f) {
            out += std::snprintf(out, 7, "\\u%04x", byte);
        } else {
            *out++ = c;
        }
    }
    *out++ = '"';
    return out;
}

char *write_list(char *out, std::string_view list) noexcept
{
    *out++ = '[';
    for (bool first = true; !list.empty(); first = false) {
        size_t end = list.find('\0');
        if (!first)
            *out++ = ',';
        out = write_string(out, list.substr(0, end));
        list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    }
    *out++ = ']';
    return out;
}

char *write_key(char *out, const char *name, bool first) noexcept
{
    if (!first)
        *out++ = ',';
    size_t size = std::strlen(name);
    *out++ = '"';
    std::memcpy(out, name, size);
    out += size;
    *out++ = '"';
    *out++ = ':';
    return out;
}

// One context and one fetched digest a process: EVP's implicit fetch costs as much as the hash.
struct Sha256 {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_MD *digest = EVP_MD_fetch(nullptr, "SHA256", nullptr);

    bool begin() const noexcept { return context && digest && EVP_DigestInit_ex(context, digest, nullptr) == 1; }
    bool add(const void *data, size_t size) const noexcept { return EVP_DigestUpdate(context, data, size) == 1; }
    bool end(unsigned char *hash) const noexcept { return EVP_DigestFinal_ex(context, hash, nullptr) == 1; }
};

const Sha256 &sha256() noexcept
{
    static const Sha256 instance;
    return instance;
}

} // namespace

const char *field_name(Number field) noexcept { return number_names[static_cast<size_t>(field)]; }
const char *field_name(Text field) noexcept { return text_names[static_cast<size_t>(field)]; }

size_t encoded_size(const AuditRecord &record) noexcept
{
    size_t size = 1;
    for (bool has : record.has_number)
        size += has ? 9 : 0;
    for (const TextValue &text : record.text)
        size += text.data ? 5 + text.size : 0;
    return size;
}

void encode(const AuditRecord &record, unsigned char *out) noexcept
{
    *out++ = version;
    for (size_t i = 0; i < AuditRecord::numbers; i++) {
        if (!record.has_number[i])
            continue;
        *out++ = static_cast<unsigned char>(i);
        out = put(out, static_cast<uint64_t>(record.number[i]));
    }
    for (size_t i = 0; i < AuditRecord::texts; i++) {
        const TextValue &text = record.text[i];
        if (!text.data)
            continue;
        *out++ = static_cast<unsigned char>(text_tag | i);
        out = put(out, text.size);
        std::memcpy(out, text.data, text.size);
        out += text.size;
    }
}

bool decode(const unsigned char *bytes, size_t size, AuditRecord *record) noexcept
{
    *record = {};
    if (size < 1 || bytes[0] != version)
        return false;
    const unsigned char *in = bytes + 1, *end = bytes + size;
    int previous = -1; // tags rise strictly, so that a record has one form only
    while (in < end) {
        int tag = *in++;
        if (tag <= previous)
            return false;
        previous = tag;
        size_t left = static_cast<size_t>(end - in);
        if (tag < text_tag) {
            if (static_cast<size_t>(tag) >= AuditRecord::numbers || left < 8)
                return false;
            record->set(static_cast<Number>(tag), static_cast<int64_t>(take<uint64_t>(in)));
            in += 8;
        } else {
            size_t field = static_cast<size_t>(tag & ~text_tag);
            if (field >= AuditRecord::texts || left < 4)
                return false;
            size_t length = take<uint32_t>(in);
            if (left - 4 < length)
                return false;
            record->text[field] = {reinterpret_cast<const char *>(in + 4), static_cast<uint32_t>(length)};
            in += 4 + length;
        }
    }
    return true;
}

size_t json_bound(const AuditRecord &record) noexcept
{
    size_t bound = 2 + AuditRecord::numbers * 64;
    for (const TextValue &text : record.text)
        bound += text.data ? 32 + size_t{6} * text.size : 0;
    return bound;
}

size_t write_json(const AuditRecord &record, char *out) noexcept
{
    char *start = out;
    bool first = true;
    *out++ = '{';
    for (size_t i = 0; i < AuditRecord::numbers; i++) {
        if (!record.has_number[i])
            continue;
        out = write_key(out, number_names[i], first);
        first = false;
        if (is_time(i))
            out += write_time(out, 40, record.number[i]);
        else if (is_boolean(i))
            out += std::snprintf(out, 8, "%s", record.number[i] ? "true" : "false");
        else
            out += std::snprintf(out, 24, "%lld", static_cast<long long>(record.number[i]));
    }
    for (size_t i = 0; i < AuditRecord::texts; i++) {
        const TextValue &text = record.text[i];
        if (!text.data)
            continue;
        out = write_key(out, text_names[i], first);
        first = false;
        std::string_view value(text.data, text.size);
        out = i == static_cast<size_t>(Text::Columns) ? write_list(out, value) : write_string(out, value);
    }
    *out++ = '}';
    return static_cast<size_t>(out - start);
}

bool chain_genesis(int64_t chain, unsigned char hash[chain_hash_size]) noexcept
{
    static const char label[] = "ddm audit chain";
    unsigned char id[8];
    put(id, static_cast<uint64_t>(chain));
    const Sha256 &sha = sha256();
    return sha.begin() && sha.add(label, sizeof label - 1) && sha.add(id, sizeof id) && sha.end(hash);
}

bool chain_next(const unsigned char previous[chain_hash_size], int64_t event_id, const unsigned char *bytes,
                size_t size, unsigned char hash[chain_hash_size]) noexcept
{
    unsigned char head[chain_hash_size + 8];
    std::memcpy(head, previous, chain_hash_size);
    put(head + chain_hash_size, static_cast<uint64_t>(event_id));
    const Sha256 &sha = sha256();
    return sha.begin() && sha.add(head, sizeof head) && sha.add(bytes, size) && sha.end(hash);
}

} // namespace ddm::core
