// The key file and the key command.
//
// Keys live outside the database, where neither a dump nor a query shows them: in a file of the data directory, so
// that base backups and standbys carry it, or with a command that prints them. Each backend keeps them in core's
// ring, whose memory is cleansed, and reads them again when the file changed.
#include "pg/mask/mask_keys.h"
#include "core/keys.h"

extern "C" {
#include "storage/fd.h"
#include "storage/ipc.h"
}

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ddm
{

static char *key_file = nullptr;
static char *key_command = nullptr;

constexpr size_t most_bytes = 65536;

// What the ring was read from.
static struct {
    bool loaded;
    bool by_command;
    char path[MAXPGPATH];
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed; // of the inode: also what changes its mode
    const char *problem;
} seen;

// The command has to run: it has not yet, or the configuration was read again since.
static bool command_due = true;

// The text of the key file or command, cleansed when it was read.
static char text[most_bytes];

static void forget_at_exit(int, Datum) { core::forget_keys(); }

static void configuration_read(const char *, void *) { command_due = true; }

void mask_keys_install()
{
    DefineCustomStringVariable("ddm.key_file", "The file of the keys of masks, relative to the data directory.",
                               "Only the server's own user may read it.", &key_file, "ddm.keys", PGC_SIGHUP,
                               GUC_SUPERUSER_ONLY, nullptr, nullptr, nullptr);
    DefineCustomStringVariable("ddm.key_command", "A command that prints the keys of masks, instead of the file.",
                               "It prints what a key file holds. Run once by each session that needs a key, and again "
                               "after the configuration was reloaded.",
                               &key_command, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY, nullptr, configuration_read, nullptr);
}

bool mask_keys_by_command() { return key_command != nullptr && key_command[0] != '\0'; }

static const char *key_path() { return key_file != nullptr && key_file[0] != '\0' ? key_file : "ddm.keys"; }

// A command may hold a secret of its own, and who sees the message need not be a superuser.
const char *mask_keys_origin()
{
    return mask_keys_by_command() ? "ddm.key_command" : psprintf("the file \"%s\"", key_path());
}

static bool same_file(const struct stat &st)
{
    return seen.loaded && !seen.by_command && strcmp(seen.path, key_path()) == 0 && st.st_dev == seen.device &&
           st.st_ino == seen.inode && st.st_size == seen.size && st.st_ctim.tv_sec == seen.changed.tv_sec &&
           st.st_ctim.tv_nsec == seen.changed.tv_nsec;
}

static void remember(const struct stat *st, const char *problem)
{
    seen.loaded = true;
    seen.by_command = st == nullptr;
    strlcpy(seen.path, key_path(), sizeof seen.path);
    if (st != nullptr) {
        seen.device = st->st_dev;
        seen.inode = st->st_ino;
        seen.size = st->st_size;
        seen.changed = st->st_ctim;
    }
    seen.problem = problem;
}

static const char *load_text(size_t size)
{
    static bool watching = false;

    if (!watching) {
        on_proc_exit(forget_at_exit, 0);
        watching = true;
    }
    core::Status status = core::load_keys({text, size});
    core::cleanse(text, size);
    return status ? nullptr : "it holds something that is not a key";
}

static const char *check_file(const struct stat &st)
{
    if (!S_ISREG(st.st_mode))
        return "it is not a file";
    if (st.st_uid != geteuid())
        return "it belongs to another user than the server's";
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        return "others than its owner may read or write it: its mode must be 0600";
    return st.st_size > static_cast<off_t>(most_bytes) ? "it is too large" : nullptr;
}

static const char *read_file(int fd, struct stat *st)
{
    if (fstat(fd, st) != 0)
        return "it can't be read";
    if (const char *problem = check_file(*st))
        return problem;
    size_t size = 0;
    ssize_t got;
    while (size < most_bytes && (got = read(fd, text + size, most_bytes - size)) > 0)
        size += static_cast<size_t>(got);
    return load_text(size);
}

static const char *refresh_from_file()
{
    struct stat st;

    if (stat(key_path(), &st) == 0 && same_file(st))
        return seen.problem;
    core::forget_keys();
    seen.loaded = false;
    int fd = open(key_path(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? "it does not exist" : "it can't be read";
    const char *problem = read_file(fd, &st);
    close(fd);
    remember(&st, problem);
    return problem;
}

// A command that failed is tried again.
static const char *refresh_from_command()
{
    if (seen.loaded && seen.by_command && seen.problem == nullptr && !command_due)
        return nullptr;
    command_due = false;
    core::forget_keys();
    FILE *pipe = OpenPipeStream(key_command, PG_BINARY_R);
    if (pipe == nullptr)
        return "it can't be run";
    setvbuf(pipe, nullptr, _IONBF, 0); // no copy of the keys in a buffer of the library's
    size_t size = fread(text, 1, most_bytes, pipe);
    const char *problem = ClosePipeStream(pipe) == 0 ? load_text(size) : "it failed";
    if (problem) {
        core::cleanse(text, size);
        core::forget_keys();
    }
    remember(nullptr, problem);
    return problem;
}

const char *mask_keys_refresh() { return mask_keys_by_command() ? refresh_from_command() : refresh_from_file(); }

// --- writing --------------------------------------------------------------------------------------------------

// So that two rotations do not lose one another's key. An error closes the file, and so gives the lock back.
static int lock_key_file(const char *path)
{
    char *lock = psprintf("%s.lock", path);
    int fd = OpenTransientFilePerm(lock, O_RDWR | O_CREAT, S_IRUSR | S_IWUSR);

    if (fd < 0)
        ereport(ERROR, errcode_for_file_access(), errmsg("could not lock the key file \"%s\": %m", path));
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            ereport(ERROR, errcode_for_file_access(), errmsg("could not lock the key file \"%s\": %m", path));
        CHECK_FOR_INTERRUPTS();
        pg_usleep(10000);
    }
    return fd;
}

static size_t old_text(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t size = 0;
    ssize_t got;

    if (fd < 0)
        return 0;
    while (size < most_bytes && (got = read(fd, text + size, most_bytes - size)) > 0)
        size += static_cast<size_t>(got);
    close(fd);
    return size;
}

static bool write_all(int fd, const char *bytes, size_t size)
{
    return write(fd, bytes, size) == static_cast<ssize_t>(size);
}

uint32 mask_keys_add(const char *name)
{
    const char *path = key_path();
    char line[core::key_line_size];
    size_t line_size;

    if (mask_keys_by_command())
        ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE), errmsg("keys come from ddm.key_command"),
                errhint("Make the key where the command gets it from."));
    int lock = lock_key_file(path);
    struct stat st;
    bool exists = stat(path, &st) == 0;
    const char *problem = mask_keys_refresh();
    if (exists && problem)
        ereport(ERROR, errcode(ERRCODE_CONFIG_FILE_ERROR), errmsg("the key file \"%s\" is not usable", path),
                errdetail("The reason is that %s.", problem));
    core::Status status = core::new_key_line({name, strlen(name)}, line, &line_size);
    if (!status)
        ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", status.message),
                status.hint[0] ? errhint("%s", status.hint) : 0);

    char *temporary = psprintf("%s.new", path);
    unlink(temporary);
    int fd = OpenTransientFilePerm(temporary, O_WRONLY | O_CREAT | O_EXCL | PG_BINARY, S_IRUSR | S_IWUSR);
    size_t size = fd < 0 ? 0 : old_text(path);
    bool ends = size == 0 || text[size - 1] == '\n'; // not where somebody edited it
    bool too_large = size + 1 + line_size > most_bytes;
    bool written = fd >= 0 && !too_large && (size == 0 || write_all(fd, text, size)) &&
                   (ends || write_all(fd, "\n", 1)) && write_all(fd, line, line_size);
    core::cleanse(text, size);
    core::cleanse(line, sizeof line);
    if (too_large)
        ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("the key file \"%s\" is full", path),
                errhint("Take keys out of it that no mask uses any more."));
    if (!written)
        ereport(ERROR, errcode_for_file_access(), errmsg("could not write the key file \"%s\": %m", temporary));
    if (pg_fsync(fd) != 0 || CloseTransientFile(fd) != 0)
        ereport(ERROR, errcode_for_file_access(), errmsg("could not write the key file \"%s\": %m", temporary));
    durable_rename(temporary, path, ERROR);
    CloseTransientFile(lock);
    mask_keys_refresh();
    return core::key_generation({name, strlen(name)});
}

} // namespace ddm
