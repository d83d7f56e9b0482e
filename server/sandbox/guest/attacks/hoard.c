// hoard KIND MOST: takes as many of a thing that the kernel counts as it gets, MOST at most, prints how many, and keeps them until
// its standard input ends. Only for tests.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
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

// Kept by a descriptor, since this process can be in one of a kind only.
static int namespace(int flag, const char *path) { return unshare(flag) ? -1 : open(path, O_RDONLY); }
static int network(long n) { (void)n; return namespace(CLONE_NEWNET, "/proc/self/ns/net"); }
static int uts(long n) { (void)n; return namespace(CLONE_NEWUTS, "/proc/self/ns/uts"); }
static int ipc(long n) { (void)n; return namespace(CLONE_NEWIPC, "/proc/self/ns/ipc"); }
static int mnt(long n) { (void)n; return namespace(CLONE_NEWNS, "/proc/self/ns/mnt"); }
static int cgroup(long n) { (void)n; return namespace(CLONE_NEWCGROUP, "/proc/self/ns/cgroup"); }

static int child(int flags) {
  int pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
  if (pid) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (;;) pause();
}
static int process(long n) { (void)n; return child(0); }
static int pid_namespace(long n) { (void)n; return child(CLONE_NEWPID); }
static int user_namespace(long n) { (void)n; return child(CLONE_NEWUSER); }

static int shared_memory(long n) {
  if (n == 0 && unshare(CLONE_NEWIPC)) return -1; // ends with this process
  return shmget(IPC_PRIVATE, 1 << 16, IPC_CREAT | 0600);
}

static int semaphores(long n) {
  if (n == 0 && unshare(CLONE_NEWIPC)) return -1;
  return semget(IPC_PRIVATE, 100, IPC_CREAT | 0600);
}

static int locked_memory(long n) {
  const size_t size = 1 << 19;
  void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  (void)n;
  return page == MAP_FAILED ? -1 : mlock(page, size);
}

static int mounted(long n) {
  if (n == 0 && (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))) return -1;
  return mount("/tmp", "/tmp", NULL, MS_BIND, NULL);
}

static int file(long n) { (void)n; return open("/dev/null", O_RDONLY); }

// Of UDP, each to another address: the firewall remembers it until it times out.
static int flow(long n) {
  static int from = -1;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(1024 + n % 60000)};
  to.sin_addr.s_addr = htonl(0x7f000002 + n / 60000);
  if (from < 0) from = socket(AF_INET, SOCK_DGRAM, 0);
  long sent = sendto(from, "x", 1, 0, (void *)&to, sizeof to);
  if (sent < 0 && errno == ECONNREFUSED) sent = sendto(from, "x", 1, 0, (void *)&to, sizeof to); // what is said of one before
  return sent;
}

static const struct {
  const char *name;
  int (*take)(long);
} kinds[] = {
    {"inotify_instances", inotify_instance}, {"inotify_watches", inotify_watch}, {"fanotify_groups", fanotify_group},
    {"aio", aio_context},                    {"signals", pending_signal},        {"message_queues", message_queue},
    {"net_namespaces", network},             {"uts_namespaces", uts},            {"ipc_namespaces", ipc},
    {"mnt_namespaces", mnt},                 {"cgroup_namespaces", cgroup},      {"pid_namespaces", pid_namespace},
    {"user_namespaces", user_namespace},     {"processes", process},             {"shared_memory", shared_memory},
    {"semaphores", semaphores},              {"locked_memory", locked_memory},   {"mounts", mounted},
    {"files", file},                         {"flows", flow},
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
