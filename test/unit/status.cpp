// The error boundary: whatever a core function throws comes out as a status.
#include <catch2/catch.hpp>

#include "core/status.h"

#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>

using namespace ddm::core;

static_assert(std::is_trivially_destructible_v<Status>, "a status is held across ereport(), which runs no destructor");

TEST_CASE("an exception inside core becomes a status")
{
    Status s = guarded([]() -> Status { throw std::runtime_error("no such thing"); });
    CHECK_FALSE(s);
    CHECK(s.code == Code::Internal);
    CHECK(std::string(s.message) == "no such thing");
}

TEST_CASE("running out of memory becomes a status")
{
    Status s = guarded([]() -> Status { throw std::bad_alloc(); });
    CHECK_FALSE(s);
    CHECK(s.code == Code::Internal);
}

TEST_CASE("what is no std::exception becomes a status")
{
    Status s = guarded([]() -> Status { throw 42; });
    CHECK_FALSE(s);
    CHECK(s.code == Code::Internal);
}

TEST_CASE("a status says where, and cuts a message that is too long")
{
    Status s = Status::error(Code::Syntax, std::string(1000, 'x'), 7, 3, "Try less.");
    CHECK_FALSE(s);
    CHECK(s.position == 7);
    CHECK(s.length == 3);
    CHECK(std::string(s.message).size() == sizeof s.message - 1);
    CHECK(std::string(s.hint) == "Try less.");
    CHECK(Status::ok());
}

TEST_CASE("a message that is too long is not cut inside a character")
{
    std::string long_text(sizeof Status().message - 2, 'x');
    Status s = Status::error(Code::Syntax, long_text + "\xc3\xa9");
    CHECK(std::string(s.message) == long_text);
}
