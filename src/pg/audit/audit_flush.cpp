// The spool to disk.
#include "pg/audit/audit_file.h"

extern "C" {
#include "storage/fd.h"
}
#include <fcntl.h>
#include <unistd.h>

namespace ddm
{

static bool sync_file(Oid database, uint64 segment)
{
    char path[MAXPGPATH];
    segment_path(path, sizeof path, database, spool_directory()->stream, segment);
    int fd = BasicOpenFile(path, O_RDWR | PG_BINARY);
    if (fd < 0)
        return false;
    bool good = pg_fdatasync(fd) == 0;
    int saved = errno;
    close(fd);
    errno = saved;
    return good;
}

static bool sync_directory(const char *path)
{
    int fd = BasicOpenFile(path, O_RDONLY | PG_BINARY);
    if (fd < 0)
        return false;
    bool good = pg_fsync(fd) == 0;
    close(fd);
    return good;
}

// Under the flush lock.
static bool flush_range(Spool *spool, uint64 from, uint64 to)
{
    for (uint64 segment = from / spool_segment_size; segment * spool_segment_size < to; segment++) {
        const int open = spool_open_file(spool->database, segment);
        bool good = open >= 0 ? pg_fdatasync(open) == 0 : sync_file(spool->database, segment);
        // A segment that is gone was drained, and is in the table.
        if (!good && !(errno == ENOENT && (segment + 1) * spool_segment_size <= pg_atomic_read_u64(&spool->drained)))
            return false;
    }
    if (spool->named < to) {
        char path[MAXPGPATH];
        pg_snprintf(path, sizeof path, "%s/%u", spool_root, spool->database);
        if (!sync_directory(path) || (spool->named == 0 && (!sync_directory(spool_root) || !sync_directory("."))))
            return false;
        spool->named = (to + spool_segment_size - 1) / spool_segment_size * spool_segment_size;
    }
    return true;
}

bool spool_flush(Spool *spool, uint64 end)
{
    // What the worker drained is in the table, committed and flushed.
    while (pg_atomic_read_u64(&spool->flushed) < end && pg_atomic_read_u64(&spool->drained) < end) {
        // The kernel may have dropped what it could not write, and then answers the next fsync() well.
        if (pg_atomic_read_u64(&spool->drained) < pg_atomic_read_u64(&spool->doubtful)) {
            errno = EIO;
            return false;
        }
        // One flush carries everybody who wrote before it began: who had to wait looks first.
        if (!LWLockAcquireOrWait(&spool->flush_lock, LW_EXCLUSIVE))
            continue;
        uint64 from = pg_atomic_read_u64(&spool->flushed);
        uint64 to = pg_atomic_read_u64(&spool->written);
        bool good = from >= end || flush_range(spool, from, to);
        int saved = errno;
        if (!good)
            pg_atomic_write_u64(&spool->doubtful, to);
        else if (to > from)
            pg_atomic_write_u64(&spool->flushed, to);
        LWLockRelease(&spool->flush_lock);
        errno = saved;
        if (!good)
            return false;
    }
    return true;
}

} // namespace ddm
