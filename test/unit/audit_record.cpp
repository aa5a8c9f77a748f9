// The canonical bytes of an audit event, its JSON and its place in the chain.
#include <catch2/catch.hpp>

#include "core/audit_record.h"

#include <array>
#include <string>
#include <vector>

using namespace ddm::core;

namespace
{

std::vector<unsigned char> bytes_of(const AuditRecord &record)
{
    std::vector<unsigned char> bytes(encoded_size(record));
    encode(record, bytes.data());
    return bytes;
}

std::string json_of(const AuditRecord &record)
{
    std::string out(json_bound(record), '\0');
    out.resize(write_json(record, out.data()));
    return out;
}

std::string hex(const unsigned char *hash)
{
    std::string out;
    for (size_t i = 0; i < chain_hash_size; i++) {
        char two[3];
        std::snprintf(two, sizeof two, "%02x", hash[i]);
        out += two;
    }
    return out;
}

AuditRecord sample()
{
    static const char columns[] = "public.customers.email\0public.customers.ssn"; // the literal's own end counts
    AuditRecord record;
    record.set(Number::EventTime, INT64_C(849000000123456));
    record.set(Number::QueryId, -42);
    record.set(Number::RowCount, 7);
    record.set(Number::Nested, 0);
    record.set(Text::Kind, "unmask");
    record.set(Text::UserName, "Zoë \"the\" auditor\n");
    record.set(Text::Columns, std::string_view(columns, sizeof columns));
    record.set(Text::Query, "");
    return record;
}

} // namespace

TEST_CASE("an event survives its own bytes")
{
    AuditRecord record = sample(), again;
    auto bytes = bytes_of(record);
    REQUIRE(decode(bytes.data(), bytes.size(), &again));
    CHECK(bytes_of(again) == bytes);
    CHECK(again.get(Number::QueryId) == -42);
    CHECK(again.has(Text::Query));
    CHECK(again.get(Text::Query).empty());
    CHECK_FALSE(again.has(Text::Reason));
    CHECK_FALSE(again.has(Number::Executions));
    CHECK(again.get(Text::UserName) == record.get(Text::UserName));
}

TEST_CASE("bytes that were cut, put in another order or made longer are not a record")
{
    auto bytes = bytes_of(sample());
    AuditRecord out;
    size_t whole = 0;
    for (size_t size = 0; size < bytes.size(); size++)
        whole += decode(bytes.data(), size, &out);
    CHECK(whole == 8); // a cut between two fields is a shorter record: the frame around it has the length
    auto wrong_version = bytes;
    wrong_version[0] = 9;
    CHECK_FALSE(decode(wrong_version.data(), wrong_version.size(), &out));
    auto longer = bytes;
    longer.push_back(0);
    CHECK_FALSE(decode(longer.data(), longer.size(), &out));
    auto doubled = bytes;
    doubled.insert(doubled.begin() + 1, bytes.begin() + 1, bytes.begin() + 10);
    CHECK_FALSE(decode(doubled.data(), doubled.size(), &out));
}

TEST_CASE("JSON escapes what it must and knows lists, times and booleans")
{
    CHECK(json_of(sample()) ==
          "{\"event_time\":\"2026-11-26T09:20:00.123456Z\",\"query_id\":-42,\"row_count\":7,\"nested\":false,"
          "\"kind\":\"unmask\",\"user_name\":\"Zoë \\\"the\\\" auditor\\u000a\","
          "\"columns\":[\"public.customers.email\",\"public.customers.ssn\"],\"query\":\"\"}");
    AuditRecord record;
    CHECK(json_of(record) == "{}");
    record.set(Number::EventTime, -1);
    CHECK(json_of(record) == "{\"event_time\":\"1999-12-31T23:59:59.999999Z\"}");
    record.set(Number::EventTime, INT64_C(5097600000000)); // 2000-02-29
    CHECK(json_of(record) == "{\"event_time\":\"2000-02-29T00:00:00.000000Z\"}");
}

TEST_CASE("JSON stays within its bound when every byte is escaped")
{
    AuditRecord record;
    std::string control(1000, '\x01');
    for (size_t i = 0; i < AuditRecord::texts; i++)
        record.set(static_cast<Text>(i), control);
    for (size_t i = 0; i < AuditRecord::numbers; i++)
        record.set(static_cast<Number>(i), INT64_MIN / 2);
    CHECK(json_of(record).size() <= json_bound(record));
}

TEST_CASE("the chain is SHA-256 over the hash before, the number and the bytes")
{
    std::array<unsigned char, chain_hash_size> genesis{}, first{}, other{};
    REQUIRE(chain_genesis(1, genesis.data()));
    // printf 'ddm audit chain\0\0\0\0\0\0\0\1' | sha256sum
    CHECK(hex(genesis.data()) == "f4625f9ea8d7421d9e583aa57a34caddee705ca441785ac2bdc390bc66a811db");
    const unsigned char abc[] = {'a', 'b', 'c'};
    REQUIRE(chain_next(genesis.data(), 1, abc, sizeof abc, first.data()));
    CHECK(hex(first.data()) == "80e0d5482f0ba535f35f29e6112b34da2527320ad273f9e154bae9e060e37616");
    REQUIRE(chain_next(genesis.data(), 2, abc, sizeof abc, other.data()));
    CHECK(first != other);
    REQUIRE(chain_next(first.data(), 1, abc, sizeof abc, other.data()));
    CHECK(first != other);
}
