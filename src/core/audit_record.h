// One event of the audit trail: its fields, its canonical bytes, its JSON and its link in the hash chain.
//
// A record only points at memory of the caller's, so it is trivially destructible and may live across a server
// call. The canonical bytes are what the spool stores and what the chain hashes: one form, so that what was
// hashed when the event was taken in can be made again from the row in the table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ddm::core
{

// Numbers, in the order in which they are encoded. New ones go at the end: the number is part of the bytes.
enum class Number : unsigned char {
    EventTime,  // microseconds since 2000-01-01 UTC, as the server counts
    FinishedAt, // the same
    QueryId,
    OuterQueryId,
    RowCount,
    Executions,
    BackendPid,
    Nested, // 0 or 1
    Would,  // 0 or 1: what enforce would have written
    Count_
};

// Texts in the server's encoding. A list is its elements, each ended by a zero byte.
enum class Text : unsigned char {
    Kind,
    UserName,
    RoleName,
    InvokedBy,
    AuthenticatedAs,
    DatabaseName,
    ApplicationName,
    ClientAddr,
    SessionId,
    Command,
    Status,
    SqlState,
    Columns, // a list
    ClearedBy,
    Query,
    Action,
    Object,
    Before,
    After,
    Reason,
    Approver,
    Source,
    Count_
};

// A null text has no data; an empty one has data and no size.
struct TextValue {
    const char *data;
    uint32_t size;
};

struct AuditRecord {
    static constexpr size_t numbers = static_cast<size_t>(Number::Count_);
    static constexpr size_t texts = static_cast<size_t>(Text::Count_);

    int64_t number[numbers] = {};
    bool has_number[numbers] = {};
    TextValue text[texts] = {};

    void set(Number field, int64_t value) noexcept
    {
        number[static_cast<size_t>(field)] = value;
        has_number[static_cast<size_t>(field)] = true;
    }
    void clear(Number field) noexcept { has_number[static_cast<size_t>(field)] = false; }
    bool has(Number field) const noexcept { return has_number[static_cast<size_t>(field)]; }
    int64_t get(Number field) const noexcept { return number[static_cast<size_t>(field)]; }

    void set(Text field, std::string_view value) noexcept
    {
        text[static_cast<size_t>(field)] = {value.data() ? value.data() : "", static_cast<uint32_t>(value.size())};
    }
    // A null pointer makes the field null.
    void set(Text field, const char *value) noexcept
    {
        if (value)
            set(field, std::string_view(value));
        else
            text[static_cast<size_t>(field)] = {nullptr, 0};
    }
    bool has(Text field) const noexcept { return text[static_cast<size_t>(field)].data != nullptr; }
    std::string_view get(Text field) const noexcept
    {
        const TextValue &value = text[static_cast<size_t>(field)];
        return {value.data ? value.data : "", value.size};
    }
};

// The canonical bytes: a version, then each field that is not null as its tag and its value, big-endian.
size_t encoded_size(const AuditRecord &record) noexcept;
void encode(const AuditRecord &record, unsigned char *out) noexcept;

// The record points into `bytes`. False where they are not a record.
bool decode(const unsigned char *bytes, size_t size, AuditRecord *record) noexcept;

// One line of JSON, null fields left out, in UTF-8 or whatever encoding the texts are in. `out` must have room
// for json_bound() bytes; answers how many were written. No zero byte at the end.
size_t json_bound(const AuditRecord &record) noexcept;
size_t write_json(const AuditRecord &record, char *out) noexcept;

// The name of a field in the table and in JSON.
const char *field_name(Number field) noexcept;
const char *field_name(Text field) noexcept;

constexpr size_t chain_hash_size = 32;

// What the first event of a chain is linked to: SHA-256 over a label and the chain's id.
bool chain_genesis(int64_t chain, unsigned char hash[chain_hash_size]) noexcept;

// SHA-256(previous || event_id, 64 bits big-endian || canonical bytes). False where libcrypto fails.
bool chain_next(const unsigned char previous[chain_hash_size], int64_t event_id, const unsigned char *bytes,
                size_t size, unsigned char hash[chain_hash_size]) noexcept;

} // namespace ddm::core
