// Notes how much of each write-ahead log is really on disk: preloaded into a server that is going to be killed, it writes a
// line "<synced bytes> <path>" to the file named by SYNCED_NOTES after every successful fdatasync or fsync of a *.log file.
// What lies behind that in the log when the process dies could be lost in a power cut, so a test cuts it off.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int noted(int fd, const char *name) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  struct stat before;
  char link[64], path[PATH_MAX];
  int known = fstat(fd, &before) == 0;
  int result = real(fd);
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = known && result == 0 ? readlink(link, path, sizeof path - 1) : -1;
  const char *notes = getenv("SYNCED_NOTES");
  if (length > 4 && notes && strncmp(path + length - 4, ".log", 4) == 0) {
    char line[PATH_MAX + 32];
    path[length] = 0;
    int size = snprintf(line, sizeof line, "%lld %s\n", (long long)before.st_size, path);
    int out = open(notes, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (out < 0 || write(out, line, size) != size) abort();
    close(out);
  }
  return result;
}

int fdatasync(int fd) { return noted(fd, "fdatasync"); }
int fsync(int fd) { return noted(fd, "fsync"); }
