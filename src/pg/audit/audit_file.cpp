// Names, segments and frames of the spool.
#include "pg/audit/audit_file.h"

extern "C" {
#include "common/file_perm.h"
#include "port/pg_crc32c.h"
#include "storage/fd.h"
}
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ddm
{

void segment_path(char *path, size_t room, Oid database, const char *stream, uint64 segment)
{
    pg_snprintf(path, room, "%s/%u/%s.%08llX", spool_root, database, stream, (unsigned long long)segment);
}

bool segment_name(const char *name, char *stream, size_t room, uint64 *segment)
{
    const char *dot = strchr(name, '.');
    if (!dot || dot == name || static_cast<size_t>(dot - name) >= room)
        return false;
    if (strspn(dot + 1, "0123456789ABCDEF") != strlen(dot + 1) || strlen(dot + 1) < 8)
        return false;
    memcpy(stream, name, dot - name);
    stream[dot - name] = '\0';
    *segment = strtoull(dot + 1, nullptr, 16);
    return true;
}

static bool write_zeros(int fd)
{
    static const PGAlignedXLogBlock zeros = {};
    for (uint64 offset = 0; offset < spool_segment_size; offset += sizeof zeros)
        if (pg_pwrite(fd, zeros.data, sizeof zeros, static_cast<off_t>(offset)) != static_cast<ssize_t>(sizeof zeros)) {
            if (errno == 0)
                errno = ENOSPC;
            return false;
        }
    return true;
}

bool spool_make_directory(Oid database)
{
    char path[MAXPGPATH];
    if (MakePGDirectory(spool_root) < 0 && errno != EEXIST)
        return false;
    pg_snprintf(path, sizeof path, "%s/%u", spool_root, database);
    return MakePGDirectory(path) == 0 || errno == EEXIST;
}

bool segment_create(Oid database, const char *stream, uint64 segment)
{
    char path[MAXPGPATH], making[MAXPGPATH + 8];
    segment_path(path, sizeof path, database, stream, segment);
    pg_snprintf(making, sizeof making, "%s.new", path);
    if (!spool_make_directory(database))
        return false;
    errno = 0;
    int fd = BasicOpenFile(making, O_RDWR | O_CREAT | O_TRUNC | PG_BINARY);
    if (fd < 0)
        return false;
    bool good = write_zeros(fd);
    int saved = errno;
    good = close(fd) == 0 && good;
    if (good && rename(making, path) == 0)
        return true;
    saved = good ? errno : saved;
    unlink(making);
    errno = saved;
    return false;
}

void segments_remove(Oid database, const char *stream, uint64 from, uint64 to)
{
    char path[MAXPGPATH];
    for (uint64 segment = from; segment < to; segment++) {
        segment_path(path, sizeof path, database, stream, segment);
        unlink(path);
    }
}

uint32 stream_seed(const char *stream)
{
    pg_crc32c crc;
    INIT_CRC32C(crc);
    COMP_CRC32C(crc, stream, strlen(stream));
    return crc;
}

uint32 frame_checksum(uint32 seed, const Frame &frame, const unsigned char *bytes)
{
    pg_crc32c crc = seed;
    COMP_CRC32C(crc, reinterpret_cast<const char *>(&frame) + sizeof frame.checksum,
                sizeof frame - sizeof frame.checksum);
    COMP_CRC32C(crc, bytes, frame.size);
    FIN_CRC32C(crc);
    return crc;
}

const Frame *frame_next(uint32 seed, const unsigned char *bytes, size_t size, uint64 start, uint64 offset)
{
    for (; offset + sizeof(Frame) <= size; offset += MAXIMUM_ALIGNOF) {
        const auto *frame = reinterpret_cast<const Frame *>(bytes + offset);
        if (frame->position != start + offset || frame->size > spool_largest_event ||
            frame->size > size - offset - sizeof(Frame) || frame->size == 0)
            continue;
        if (frame_checksum(seed, *frame, frame_bytes(frame)) == frame->checksum)
            return frame;
    }
    return nullptr;
}

unsigned char *segment_read(Oid database, const char *stream, uint64 from, uint64 to, size_t *size)
{
    char path[MAXPGPATH];
    segment_path(path, sizeof path, database, stream, from / spool_segment_size);
    int fd = OpenTransientFile(path, O_RDONLY | PG_BINARY);
    if (fd < 0) {
        if (errno == ENOENT)
            return nullptr;
        ereport(ERROR, errcode_for_file_access(), errmsg("could not open file \"%s\": %m", path));
    }
    auto *bytes = static_cast<unsigned char *>(palloc(to - from));
    auto offset = static_cast<off_t>(from % spool_segment_size);
    size_t have = 0;
    while (have < to - from) {
        ssize_t got = pg_pread(fd, bytes + have, to - from - have, offset + static_cast<off_t>(have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            ereport(ERROR, errcode_for_file_access(), errmsg("could not read file \"%s\": %m", path));
        if (got == 0)
            break;
        have += static_cast<size_t>(got);
    }
    CloseTransientFile(fd);
    *size = have;
    return bytes;
}

} // namespace ddm
