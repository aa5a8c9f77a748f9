// The files of the spool: names, segments, frames. No shared state; nothing here raises unless it says so.
#pragma once

#include "pg/audit/audit_spool.h"

namespace ddm
{

constexpr const char *spool_root = "ddm_audit";

// "ddm_audit/16384/STREAM.00000001"
void segment_path(char *path, size_t room, Oid database, const char *stream, uint64 segment);

// Where the name is that of a segment, its stream and number.
bool segment_name(const char *name, char *stream, size_t room, uint64 *segment);

// Makes the segment, full of zeros, so that a write into it never needs the file system to grow the file.
bool segment_create(Oid database, const char *stream, uint64 segment);

// Removes segments `from` up to, not including, `to`.
void segments_remove(Oid database, const char *stream, uint64 from, uint64 to);

// Where a database's segments stand. True where it was there already.
bool spool_make_directory(Oid database);

uint32 stream_seed(const char *stream);
uint32 frame_checksum(uint32 seed, const Frame &frame, const unsigned char *bytes);

// The first valid frame at or after `offset` in bytes of a segment, of which the first stands at `start` in the
// stream; nullptr where there is none. What a torn write left between two frames is stepped over.
const Frame *frame_next(uint32 seed, const unsigned char *bytes, size_t size, uint64 start, uint64 offset);

inline const unsigned char *frame_bytes(const Frame *frame)
{
    return reinterpret_cast<const unsigned char *>(frame + 1);
}

inline uint64 frame_end(const Frame *frame) { return frame->position + MAXALIGN(sizeof(Frame) + frame->size); }

// Reads a stream from `from` to `to`, which lie in one segment, into palloc'd memory; nullptr where there is no
// such file. Raises on I/O errors. Answers fewer bytes where the file is shorter.
unsigned char *segment_read(Oid database, const char *stream, uint64 from, uint64 to, size_t *size);

} // namespace ddm
