// Where keyed masks get their keys and dictionaries: a file or a command, and the table ddm.dictionaries.
#pragma once

#include "pg/base/pg.h"

namespace ddm
{

// Settings. Called by ddm_install().
void mask_keys_install();

// Makes core's ring of keys what the file or command holds now. Answers nullptr, or why there are no keys: the ring
// is empty then, and keyed masks show their default. Raises nothing.
const char *mask_keys_refresh();

// Where keys come from, for messages: never what the command is.
const char *mask_keys_origin();
bool mask_keys_by_command();

// Adds a new generation of a key to the file; answers it. Raises where that can't be done.
uint32 mask_keys_add(const char *name);

// Lets core find the words of dictionaries, which are read beforehand: core's frames must not see an error.
void mask_dictionaries_install();
void mask_dictionary_prepare(const char *name);

// All that a mask may ask of the server, before core is asked: keys, and the dictionaries named, one a line.
// Answers why there are no keys, or nullptr.
const char *mask_prepare_keyed(const char *dictionaries, size_t size);

} // namespace ddm
