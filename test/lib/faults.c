/*
 * Faults for tests, by LD_PRELOAD: a disk that is full or fails, a clock that is wrong, and a record of the order in which
 * things happen. What to do is in the file that DDM_FAULTS names, read at each call; each line is one of
 *   fail CALL PART ERRNO   CALL (write, sync) on a file whose path has PART in it fails
 *   clock SECONDS          time is off by so much
 *   trace FILE PART        syncs of files with PART in their path, and sends of a row with an @, are lines of FILE
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static int read_faults(char *text, size_t room)
{
    const char *path = getenv("DDM_FAULTS");
    int saved = errno;
    int file = path ? open(path, O_RDONLY) : -1;
    ssize_t size = file >= 0 ? read(file, text, room - 1) : -1;
    if (file >= 0)
        close(file);
    errno = saved;
    if (size <= 0)
        return 0;
    text[size] = '\0';
    return 1;
}

static void path_of(int file, char *path, size_t room)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    int saved = errno;
    ssize_t size = readlink(link, path, room - 1);
    errno = saved;
    path[size > 0 ? size : 0] = '\0';
}

static void note(const char *file, const char *what)
{
    char line[128];
    int size = snprintf(line, sizeof line, "%d %s\n", (int)getpid(), what);
    int saved = errno;
    int out = open(file, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (out >= 0) {
        if (write(out, line, (size_t)size) != size)
            abort();
        close(out);
    }
    errno = saved;
}

/* 0, or -1 with errno set; notes what is traced. */
static int check(const char *call, int file)
{
    char text[1024], path[1024] = "", name[32], part[128], last[256], *rest;
    int number;
    if (!read_faults(text, sizeof text))
        return 0;
    path_of(file, path, sizeof path);
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if (sscanf(line, "fail %31s %127s %d", name, part, &number) == 3 && strcmp(name, call) == 0 &&
            strstr(path, part)) {
            errno = number;
            return -1;
        }
        if (sscanf(line, "trace %255s %127s", last, part) == 2 && strcmp(call, "sync") == 0 && strstr(path, part))
            note(last, call);
    }
    return 0;
}

#define NEXT(type, name) ((type)dlsym(RTLD_NEXT, name))

int fdatasync(int file) { return check("sync", file) ? -1 : NEXT(int (*)(int), "fdatasync")(file); }
int fsync(int file) { return check("sync", file) ? -1 : NEXT(int (*)(int), "fsync")(file); }

#define WRITER(name, argument, count)                                                                                  \
    ssize_t name(int file, argument data, count size, off_t offset)                                                    \
    {                                                                                                                  \
        if (check("write", file))                                                                                      \
            return -1;                                                                                                 \
        return NEXT(ssize_t(*)(int, argument, count, off_t), #name)(file, data, size, offset);                         \
    }
WRITER(pwrite, const void *, size_t)
WRITER(pwrite64, const void *, size_t)
WRITER(pwritev, const struct iovec *, int)
WRITER(pwritev64, const struct iovec *, int)

int posix_fallocate(int file, off_t offset, off_t size)
{
    return check("write", file) ? errno : NEXT(int (*)(int, off_t, off_t), "posix_fallocate")(file, offset, size);
}

ssize_t send(int socket, const void *data, size_t size, int flags)
{
    char text[1024], file[256], *rest;
    if (memchr(data, '@', size) && read_faults(text, sizeof text))
        for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
            if (sscanf(line, "trace %255s", file) == 1)
                note(file, "row");
    return NEXT(ssize_t(*)(int, const void *, size_t, int), "send")(socket, data, size, flags);
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    char text[1024], *line;
    int answer = NEXT(int (*)(struct timeval *, void *), "gettimeofday")(time, zone);
    if (read_faults(text, sizeof text) && (line = strstr(text, "clock ")))
        time->tv_sec += atol(line + 6);
    return answer;
}
