/* A disk that fails, for a program that is started with this as LD_PRELOAD.
 *
 * RAK_TEST_FAULTS names a folder. While it has a file `full`, whatever would write to a file of the database gets ENOSPC;
 * while it has a file `fsync`, whatever would flush one gets EIO, and nothing is flushed. Every call that was refused adds
 * a byte to the file `refused` in there, so that a test sees how often it was tried. */

#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

/* Every file of the database has it in its name: the log and the index beside it too. */
static const char DATABASE[] = "/rak.db";

/* The lock beside the database is none of its files: it says who has it, and is written before anything is stored. */
static const char LOCK[] = "/rak.db.lock";

typedef ssize_t write_function(int, const void *, size_t);
typedef ssize_t pwrite_function(int, const void *, size_t, off_t);
typedef ssize_t writev_function(int, const struct iovec *, int);
typedef int truncate_function(int, off_t);
typedef int allocate_function(int, off_t, off_t);
typedef int fallocate_function(int, int, off_t, off_t);
typedef int sync_function(int);

/* The function of the C library that one of these stands before. */
#define REAL(type, name) ((type *)dlsym(RTLD_NEXT, name))

static int in_database(int fd)
{
    char link[64];
    char path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = '\0';
    return strstr(path, DATABASE) != NULL && strstr(path, LOCK) == NULL;
}

/* Whether a call is to fail in this way; the folder is looked at with each, so that a test begins and ends it at will. */
static int fails(const char *way, int fd)
{
    const char *folder = getenv("RAK_TEST_FAULTS");
    char path[PATH_MAX];
    int before = errno;
    if (folder == NULL)
        return 0;
    snprintf(path, sizeof path, "%s/%s", folder, way);
    int wanted = access(path, F_OK) == 0 && in_database(fd);
    if (wanted) {
        snprintf(path, sizeof path, "%s/refused", folder);
        int refused = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (refused >= 0) {
            REAL(write_function, "write")(refused, ".", 1);
            close(refused);
        }
    }
    errno = before;
    return wanted;
}

static int is_full(int fd)
{
    if (!fails("full", fd))
        return 0;
    errno = ENOSPC;
    return 1;
}

static int cannot_flush(int fd)
{
    if (!fails("fsync", fd))
        return 0;
    errno = EIO;
    return 1;
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    return is_full(fd) ? -1 : REAL(write_function, "write")(fd, bytes, length);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    return is_full(fd) ? -1 : REAL(pwrite_function, "pwrite")(fd, bytes, length, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset)
{
    return is_full(fd) ? -1 : REAL(pwrite_function, "pwrite64")(fd, bytes, length, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    return is_full(fd) ? -1 : REAL(writev_function, "writev")(fd, parts, count);
}

int ftruncate(int fd, off_t length)
{
    return is_full(fd) ? -1 : REAL(truncate_function, "ftruncate")(fd, length);
}

int ftruncate64(int fd, off64_t length)
{
    return is_full(fd) ? -1 : REAL(truncate_function, "ftruncate64")(fd, length);
}

int fallocate(int fd, int mode, off_t offset, off_t length)
{
    return is_full(fd) ? -1 : REAL(fallocate_function, "fallocate")(fd, mode, offset, length);
}

/* These two give the error instead of setting it. */
int posix_fallocate(int fd, off_t offset, off_t length)
{
    return is_full(fd) ? ENOSPC : REAL(allocate_function, "posix_fallocate")(fd, offset, length);
}

int posix_fallocate64(int fd, off64_t offset, off64_t length)
{
    return is_full(fd) ? ENOSPC : REAL(allocate_function, "posix_fallocate64")(fd, offset, length);
}

int fsync(int fd)
{
    return cannot_flush(fd) ? -1 : REAL(sync_function, "fsync")(fd);
}

int fdatasync(int fd)
{
    return cannot_flush(fd) ? -1 : REAL(sync_function, "fdatasync")(fd);
}
