// The mapped file of what is under way.
#include "pg/audit/audit_live.h"
#include "pg/audit/audit_file.h"
#include "pg/audit/audit_settings.h"

extern "C" {
#include "common/file_utils.h"
#include "port/pg_crc32c.h"
#include "storage/fd.h"
#include "storage/proc.h"
}
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ddm
{

constexpr uint64 live_magic = UINT64CONST(0x64646d6c69766531); // "ddmlive1"

static LiveFile mapped = {};
static Oid mapped_of = InvalidOid;
static int mapped_fd = -1;
static bool slot_taken = false;

#define DDM_LIVE_PREFIX PG_TEMP_FILE_PREFIX "_live_"

static void live_path(char *path, size_t room, Oid database, const char *stream)
{
    pg_snprintf(path, room, "%s/%u/" DDM_LIVE_PREFIX "%s", spool_root, database, stream);
}

bool live_name(const char *name, char *stream, size_t room)
{
    if (strncmp(name, DDM_LIVE_PREFIX, strlen(DDM_LIVE_PREFIX)) != 0 || strchr(name, '.'))
        return false;
    strlcpy(stream, name + strlen(DDM_LIVE_PREFIX), room);
    return true;
}

uint32 live_checksum(const unsigned char *bytes, size_t size)
{
    pg_crc32c crc;
    INIT_CRC32C(crc);
    COMP_CRC32C(crc, bytes, size);
    FIN_CRC32C(crc);
    return crc;
}

static size_t live_size(uint32 slots, uint32 entries)
{
    return sizeof(LiveHeader) + sizeof(LiveSlot) * slots + sizeof(LiveEntry) * entries;
}

static LiveFile layout(void *memory)
{
    auto *header = static_cast<LiveHeader *>(memory);
    auto *slots = reinterpret_cast<LiveSlot *>(header + 1);
    return {header, slots, reinterpret_cast<LiveEntry *>(slots + header->slots)};
}

// Writes every block: a page of a sparse file that the disk has no room for would be a SIGBUS later.
static bool fill(int fd, const LiveHeader &header)
{
    static const unsigned char zeros[1024] = {};
    size_t blocks = live_size(header.slots, header.entries) / sizeof zeros;
    for (size_t i = 0; i < blocks; i++) {
        const void *block = i == 0 ? static_cast<const void *>(&header) : zeros;
        if (pg_pwrite(fd, block, sizeof zeros, static_cast<off_t>(i * sizeof zeros)) != sizeof zeros)
            return false;
    }
    return true;
}

// Under the append lock.
static bool create(const char *path, Oid database)
{
    if (access(path, F_OK) == 0)
        return true;
    char directory[MAXPGPATH], making[MAXPGPATH + 8];
    pg_snprintf(directory, sizeof directory, "%s/%u", spool_root, database);
    pg_snprintf(making, sizeof making, "%s.new", path);
    if ((MakePGDirectory(spool_root) < 0 && errno != EEXIST) || (MakePGDirectory(directory) < 0 && errno != EEXIST))
        return false;
    LiveHeader header = {live_magic, ProcGlobal->allProcCount, static_cast<uint32>(audit_summary_entries), {}, {}};
    int fd = BasicOpenFile(making, O_RDWR | O_CREAT | O_TRUNC | PG_BINARY);
    if (fd < 0)
        return false;
    bool good = fill(fd, header);
    good = close(fd) == 0 && good && rename(making, path) == 0;
    if (!good)
        unlink(making);
    return good;
}

// Makes the file where it is not there. -1 where the file system refuses, or the database is gone.
static int open_live(Spool *spool, Oid database)
{
    char path[MAXPGPATH];
    live_path(path, sizeof path, database, spool_directory()->stream);
    LWLockAcquire(&spool->append_lock, LW_EXCLUSIVE);
    bool good = spool->database == database && create(path, database);
    LWLockRelease(&spool->append_lock);
    return good ? BasicOpenFile(path, O_RDWR | PG_BINARY) : -1;
}

const LiveFile *live_file()
{
    if (mapped_of == MyDatabaseId && mapped.header)
        return &mapped;
    Spool *spool = my_spool();
    int fd = spool ? open_live(spool, MyDatabaseId) : -1;
    if (fd < 0)
        return nullptr;
    struct stat st = {};
    void *memory = fstat(fd, &st) == 0
                       ? mmap(nullptr, static_cast<size_t>(st.st_size), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
                       : MAP_FAILED;
    if (memory == MAP_FAILED) {
        close(fd);
        return nullptr;
    }
    ReserveExternalFD();
    mapped = layout(memory);
    mapped_of = MyDatabaseId;
    mapped_fd = fd;
    return &mapped;
}

static LiveSlot *my_slot()
{
    auto number = static_cast<uint32>(MyProc - ProcGlobal->allProcs);
    return number < mapped.header->slots ? &mapped.slots[number] : nullptr;
}

bool live_has_room(size_t size) { return !slot_taken && size <= sizeof LiveSlot{}.bytes && live_file() && my_slot(); }

bool live_open(const unsigned char *bytes, size_t size)
{
    if (!live_has_room(size))
        return false;
    LiveSlot *slot = my_slot();
    memcpy(slot->bytes, bytes, size);
    slot->size = static_cast<uint32>(size);
    slot->checksum = live_checksum(bytes, size);
    slot->closing_at = 0;
    pg_write_barrier();
    pg_atomic_write_u32(&slot->state, 1);
    slot_taken = true;
    return true;
}

uint64 *live_closing() { return slot_taken ? &my_slot()->closing_at : nullptr; }

void live_close()
{
    if (slot_taken)
        pg_atomic_write_u32(&my_slot()->state, 0);
    slot_taken = false;
}

bool live_read(Oid database, const char *stream, LiveFile *file)
{
    char path[MAXPGPATH];
    live_path(path, sizeof path, database, stream);
    int fd = OpenTransientFile(path, O_RDONLY | PG_BINARY);
    if (fd < 0)
        return false;
    struct stat st = {};
    bool good = fstat(fd, &st) == 0 && st.st_size >= static_cast<off_t>(sizeof(LiveHeader));
    if (good) {
        auto size = static_cast<size_t>(st.st_size);
        void *memory = palloc_extended(size, MCXT_ALLOC_HUGE);
        ssize_t got = pg_pread(fd, memory, size, 0);
        auto *header = static_cast<LiveHeader *>(memory);
        good = got == st.st_size && header->magic == live_magic && live_size(header->slots, header->entries) <= size;
        if (good)
            *file = layout(memory);
    }
    CloseTransientFile(fd);
    return good;
}

void live_remove(Oid database, const char *stream)
{
    char path[MAXPGPATH];
    live_path(path, sizeof path, database, stream);
    unlink(path);
}

static void raise_to(pg_atomic_uint64 *count, uint64 least)
{
    uint64 now = pg_atomic_read_u64(count);
    while (now < least && !pg_atomic_compare_exchange_u64(count, &now, least))
        ;
}

static void lose_elsewhere(Spool *spool, uint64 lost)
{
    int fd = open_live(spool, spool->database);
    if (fd < 0)
        return;
    void *memory = mmap(nullptr, sizeof(LiveHeader), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory != MAP_FAILED) {
        raise_to(&static_cast<LiveHeader *>(memory)->lost, lost);
        munmap(memory, sizeof(LiveHeader));
    }
    close(fd);
}

void live_lose(Spool *spool)
{
    // Where the file can't be had for one, the next that it can be had for counts it there.
    const uint64 lost = pg_atomic_fetch_add_u64(&spool->lost, 1) + 1;
    if (spool->database != MyDatabaseId)
        lose_elsewhere(spool, lost);
    else if (const LiveFile *file = live_file())
        raise_to(&file->header->lost, lost);
    pg_atomic_fetch_add_u64(&spool->counted, 1); // for live_flush()
    if (pg_atomic_read_u32(&spool->idle) != 0)
        spool_wake(spool);
}

static bool sync_live(Oid database)
{
    if (mapped_of == database && mapped.header)
        return pg_fsync(mapped_fd) == 0;
    char path[MAXPGPATH];
    live_path(path, sizeof path, database, spool_directory()->stream);
    int fd = BasicOpenFile(path, O_RDWR | PG_BINARY);
    bool good = fd >= 0 && pg_fsync(fd) == 0;
    int saved = errno;
    if (fd >= 0)
        close(fd);
    errno = saved;
    return good;
}

bool live_flush(Spool *spool)
{
    uint64 wanted = pg_atomic_read_u64(&spool->counted);
    while (pg_atomic_read_u64(&spool->counted_flushed) < wanted) {
        if (!LWLockAcquireOrWait(&spool->flush_lock, LW_EXCLUSIVE))
            continue;
        uint64 now = pg_atomic_read_u64(&spool->counted);
        bool good = sync_live(spool->database);
        int saved = errno;
        if (good)
            pg_atomic_write_u64(&spool->counted_flushed, now);
        LWLockRelease(&spool->flush_lock);
        errno = saved;
        if (!good)
            return false;
    }
    return true;
}

} // namespace ddm
