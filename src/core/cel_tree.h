// A compiled condition: its tree and its lexer. Core's own.
#pragma once

#include "core/cel.h"

#include <array>
#include <memory>
#include <re2/re2.h>
#include <string>
#include <vector>

namespace ddm::core
{

enum class CelType : unsigned char { Null, Bool, Int, Text, Time, TextList, IntList };

// clang-format off: a table
enum class CelAttribute : unsigned char {
    ColumnName,
    TableName,
    SchemaName,
    DatabaseName,
    DataType,
    EnvironmentId,
    InstanceId,
    ProjectId,
    ClassificationLevel,
    Tags,
    Time,
    ApplicationName,
    ClientAddr,
};

enum class CelOp : unsigned char {
    Constant,
    Attribute,
    Or,
    And,
    Not,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    In,
    IsNull,
    IsNotNull,
    StartsWith,
    EndsWith,
    Contains,
    Matches,
};
// clang-format on

struct CelAttributeEntry {
    std::string_view name;
    CelAttribute attribute;
    CelType type;
    bool of_request;
};

inline constexpr std::array<CelAttributeEntry, 13> cel_attributes = {{
    {"column_name", CelAttribute::ColumnName, CelType::Text, false},
    {"table_name", CelAttribute::TableName, CelType::Text, false},
    {"schema_name", CelAttribute::SchemaName, CelType::Text, false},
    {"database_name", CelAttribute::DatabaseName, CelType::Text, false},
    {"data_type", CelAttribute::DataType, CelType::Text, false},
    {"environment_id", CelAttribute::EnvironmentId, CelType::Text, false},
    {"instance_id", CelAttribute::InstanceId, CelType::Text, false},
    {"project_id", CelAttribute::ProjectId, CelType::Text, false},
    {"classification_level", CelAttribute::ClassificationLevel, CelType::Int, false},
    {"tags", CelAttribute::Tags, CelType::TextList, false},
    {"time", CelAttribute::Time, CelType::Time, true},
    {"application_name", CelAttribute::ApplicationName, CelType::Text, true},
    {"client_addr", CelAttribute::ClientAddr, CelType::Text, true},
}};

struct CelNode {
    CelOp op = CelOp::Constant;
    CelType type = CelType::Null;
    CelAttribute attribute = CelAttribute::ColumnName;
    int64_t number = 0;             // a constant Bool, Int or Time
    std::string text;               // a constant Text
    std::vector<std::string> texts; // a constant list
    std::vector<int64_t> numbers;
    std::unique_ptr<RE2> pattern; // of Matches
    std::vector<size_t> children; // indexes into Condition::nodes; && and || have as many as were written
    size_t position = 0;
    size_t length = 0;
};

class Condition
{
  public:
    std::vector<CelNode> nodes;
    size_t root = 0;
    bool needs_request = false;
};

struct CelError {
    Status status;
};

struct CelToken {
    enum class Kind : unsigned char { End, Name, Text, Int, Sign };
    Kind kind = Kind::End;
    std::string text;
    int64_t number = 0;
    size_t position = 0;
    size_t length = 0;
    bool is(std::string_view sign) const { return kind == Kind::Sign && text == sign; }
    bool is_name(std::string_view name) const { return kind == Kind::Name && text == name; }
};

class CelLexer
{
  public:
    explicit CelLexer(std::string_view text) : text_(text) { advance(); }
    const CelToken &token() const { return token_; }
    CelToken take();
    size_t last_end() const { return last_end_; }

  private:
    void advance();
    void lex_string(bool raw);
    void lex_number();
    void lex_sign();
    std::string_view text_;
    size_t next_ = 0;
    size_t last_end_ = 0;
    CelToken token_;
};

[[noreturn]] inline void cel_error(Code code, std::string_view message, size_t position, size_t length,
                                   std::string_view hint = {})
{
    throw CelError{Status::error(code, message, position, length, hint)};
}

// "2026-11-24T05:00:00Z", "2026-11-24T05:00:00.5+01:00", "2026-11-24": microseconds since 1970; false where it
// is none (RFC 3339; a date alone begins at midnight UTC).
bool parse_time(std::string_view text, int64_t &microseconds);

} // namespace ddm::core
