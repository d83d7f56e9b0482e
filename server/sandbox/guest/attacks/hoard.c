// hoard KIND MOST: takes as many of a thing that the kernel counts as it gets, MOST at most, prints how many, and keeps them until
// its standard input ends. Only for tests.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int inotify_instance(long n) { (void)n; return inotify_init1(0); }

static int inotify_watch(long n) {
  static int watcher = -1;
  char path[64];
  if (watcher < 0) watcher = inotify_init1(0);
  snprintf(path, sizeof path, "/tmp/watched-%ld", n);
  int file = open(path, O_CREAT | O_WRONLY, 0600);
  if (file >= 0) close(file);
  return inotify_add_watch(watcher, path, IN_MODIFY);
}

static int fanotify_group(long n) { (void)n; return syscall(SYS_fanotify_init, FAN_CLASS_NOTIF | 0x200 /* FAN_REPORT_FID */, 0); }

static int aio_context(long n) {
  unsigned long context = 0;
  (void)n;
  return syscall(SYS_io_setup, 1000, &context);
}

static int pending_signal(long n) {
  sigset_t blocked;
  union sigval value = {.sival_int = (int)n};
  sigfillset(&blocked);
  sigprocmask(SIG_BLOCK, &blocked, NULL);
  return sigqueue(getpid(), SIGRTMIN, value);
}

static int message_queue(long n) {
  char name[64];
  snprintf(name, sizeof name, "hoard-%d-%ld", (int)getpid(), n);
  long attributes[8] = {0, 1, 64}; /* one message of 64 bytes */
  return syscall(SYS_mq_open, name, O_CREAT | O_RDWR, 0600, attributes);
}

static int network(long n) {
  (void)n;
  return unshare(CLONE_NEWNET) ? -1 : open("/proc/self/ns/net", O_RDONLY);
}

static const struct {
  const char *name;
  int (*take)(long);
} kinds[] = {
    {"inotify_instances", inotify_instance}, {"inotify_watches", inotify_watch}, {"fanotify_groups", fanotify_group},
    {"aio", aio_context},                    {"signals", pending_signal},        {"message_queues", message_queue},
    {"net_namespaces", network},
};

int main(int argc, char **argv) {
  char byte;
  if (argc != 3) return 2;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (strcmp(kinds[i].name, argv[1])) continue;
    long most = atol(argv[2]), count = 0;
    while (count < most && kinds[i].take(count) >= 0) count++;
    printf("%ld\n", count);
    fflush(stdout);
    while (read(0, &byte, 1) > 0);
    return 0;
  }
  return 2;
}
