// The ring of keys, as a key file holds it, and dictionaries: what keyed masks take from outside.
//
// A key file has a line for each key: name, generation, 64 hexadecimal digits. A name alone is its highest
// generation, name@2 an older one. Lines that begin with # are comments.
#pragma once

#include "core/status.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ddm::core
{

inline constexpr size_t key_size = 32;
inline constexpr size_t key_line_size = 160; // enough for any line

// Replaces the ring by what the text holds; empties it where the text is not a key file. The text stays the
// caller's, to cleanse.
Status load_keys(std::string_view text) noexcept;
void forget_keys() noexcept;

bool has_key(std::string_view name) noexcept;

// The key's newest generation in the ring; 0: there is none.
uint32_t key_generation(std::string_view name) noexcept;

// A line with a new random key of the next generation, newline included, into `line` of key_line_size bytes.
Status new_key_line(std::string_view name, char *line, size_t *size) noexcept;

void cleanse(void *memory, size_t size) noexcept;

// Of the ring's keys, by index: its name (with no terminator) and generation. False behind the last.
bool key_at(size_t index, std::string_view *name, uint32_t *generation) noexcept;

// Where dictionaries come from: false where there is none of that name, else its words, one a line, which stay
// until the next call. Set once, by the ring outside.
using DictionarySource = bool (*)(std::string_view name, std::string_view *words);
void set_dictionary_source(DictionarySource source) noexcept;

} // namespace ddm::core
