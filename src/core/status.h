// The answer of every core function that a ring outside calls: good, or what is wrong and where.
// Trivially destructible, so that the server's side may hold one across ereport().
#pragma once

#include <cstddef>
#include <cstring>
#include <exception>
#include <string_view>

namespace ddm::core
{

enum class Code : unsigned char {
    Ok,
    Syntax,      // the text is not in the grammar
    Unknown,     // a name that does not exist
    Arity,       // too few or too many arguments
    Type,        // an argument, or the column, of a type that does not fit
    Value,       // an argument out of range
    Unsupported, // understood, and refused
    Internal,    // an exception inside core, or out of memory
};

struct Status {
    Code code = Code::Ok;
    size_t position = 0;     // of the offending slice, in bytes from the start of the input
    size_t length = 0;       // of the offending slice, in bytes; 0 at the end of the input
    char message[240] = {0}; // primary text: lower case, no full stop, never a data value
    char hint[240] = {0};    // a sentence, or empty

    explicit operator bool() const noexcept { return code == Code::Ok; }

    static Status ok() noexcept { return {}; }
    static Status error(Code code, std::string_view message, size_t position = 0, size_t length = 0,
                        std::string_view hint = {}) noexcept
    {
        Status s;
        s.code = code;
        s.position = position;
        s.length = length;
        copy_text(s.message, message);
        copy_text(s.hint, hint);
        return s;
    }

  private:
    // Cuts what is too long, and never inside a character of UTF-8.
    template <size_t N> static void copy_text(char (&target)[N], std::string_view text) noexcept
    {
        size_t size = text.size();
        if (size >= N) {
            size = N - 1;
            while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80)
                size--;
        }
        if (size > 0)
            std::memcpy(target, text.data(), size);
        target[size] = '\0';
    }
};

#ifdef __cpp_exceptions // core alone is compiled with exceptions
// Runs `body` and turns whatever it throws into a Status: the one place where exceptions end.
template <typename Body> Status guarded(Body &&body) noexcept
{
    try {
        return body();
    } catch (const std::exception &e) {
        return Status::error(Code::Internal, e.what());
    } catch (...) {
        return Status::error(Code::Internal, "unknown exception in the masking core");
    }
}
#endif

} // namespace ddm::core
