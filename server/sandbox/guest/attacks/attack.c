// attack [control]: tries system calls that a sandbox must refuse, with arguments that root on the host could use, and prints
// `NAME ERRNO-NAME` or `NAME allowed` for each. With `control` those alone that do the machine no harm when they work. Only for tests.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#ifdef __x86_64__
#include <sys/io.h>
#endif
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define VSOCK 40
#define NODE "attack-node"

static void say(const char *name, long result) {
  const char *why = result >= 0          ? "allowed"
                    : errno == EPERM     ? "EPERM"
                    : errno == EACCES    ? "EACCES"
                    : errno == ENOSYS    ? "ENOSYS"
                                         : strerror(errno);
  printf("%s %s\n", name, why);
}

static void mknod_of(const char *name, mode_t mode, unsigned major, unsigned minor) {
  unlink(NODE);
  say(name, mknod(NODE, mode, makedev(major, minor)));
  unlink(NODE);
}

#ifdef __x86_64__
// The other doors to the same calls, each in a child because the filter may kill: `int 0x80` with socketcall(SYS_SOCKET) and with
// socket, and the numbers of x32.
static long other_door(int door, int family) {
  long result;
  unsigned *args = mmap((void *)0x10000000, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  args[0] = family, args[1] = SOCK_STREAM, args[2] = 0;
  if (door == 0) __asm__ volatile("int $0x80" : "=a"(result) : "a"(102L), "b"(1L), "c"(args) : "memory");
  else if (door == 1) __asm__ volatile("int $0x80" : "=a"(result) : "a"(359L), "b"((long)family), "c"(1L), "d"(0L) : "memory");
  else result = syscall(0x40000000 | SYS_socket, family, SOCK_STREAM, 0);
  return result;
}

static void other_doors(void) {
  static const char *names[] = {"socketcall-32bit", "socket-32bit", "socket-x32"};
  for (int door = 0; door < 3; door++) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) _exit(other_door(door, AF_UNIX) >= 0 || other_door(door, VSOCK) >= 0);
    int status;
    waitpid(child, &status, 0);
    printf("%s %s\n", names[door], WIFSIGNALED(status) ? "killed" : WEXITSTATUS(status) ? "allowed" : "refused");
  }
}
#else
static void other_doors(void) {}
#endif

// The families whose sockets reach the kernel's own code: any answer but EPERM comes from there. `high` is a bit that a filter sees
// and the kernel cuts off.
static void families(const char *name, long high) {
  static const long types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_RAW};
  int found = 0;
  printf("%s", name);
  for (long family = 0; family < 64; family++) {
    int passed = 0;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
      int fd = syscall(SYS_socket, family + high, types[i], 0L);
      passed |= fd >= 0 || errno != EPERM;
      if (fd >= 0) close(fd);
    }
    if (passed) printf(" %ld", family), found = 1;
  }
  puts(found ? "" : " none");
}

static void clocks(int control) {
  struct timex same = {0};
  adjtimex(&same);
  same.modes = ADJ_TICK; // to what it is
  say("adjtimex", adjtimex(&same));
  same.modes = ADJ_TICK;
  say("clock_adjtime", syscall(SYS_clock_adjtime, CLOCK_REALTIME, &same));
  if (control) return;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  say("clock_settime", clock_settime(CLOCK_REALTIME, &now));
  struct timeval then = {now.tv_sec, now.tv_nsec / 1000};
  say("settimeofday", syscall(SYS_settimeofday, &then, NULL));
}

// By syscall: musl answers some of them by itself.
static void priorities(void) {
  struct sched_param first = {.sched_priority = 50}, none = {0};
  struct { uint32_t size, policy; uint64_t flags; int32_t nice; uint32_t priority; uint64_t runtime, deadline, period; } deadline =
      {sizeof deadline, 6, 0, 0, 0, 1000000, 10000000, 10000000};
  say("setpriority", setpriority(PRIO_PROCESS, 0, -20));
  setpriority(PRIO_PROCESS, 0, 0);
  say("sched-fifo", syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &first));
  syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &none);
  say("sched-deadline", syscall(SYS_sched_setattr, 0, &deadline, 0));
  syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &none);
  say("ioprio-realtime", syscall(SYS_ioprio_set, 1, 0, 1 << 13));
  syscall(SYS_ioprio_set, 1, 0, 0);
}

static void limits(void) {
  static const struct { const char *name; int limit; rlim_t value; } raised[] = {
      {"rlimit-core", RLIMIT_CORE, RLIM_INFINITY},         {"rlimit-nofile", RLIMIT_NOFILE, 30000},
      {"rlimit-sigpending", RLIMIT_SIGPENDING, 100000},    {"rlimit-msgqueue", RLIMIT_MSGQUEUE, RLIM_INFINITY},
      {"rlimit-memlock", RLIMIT_MEMLOCK, RLIM_INFINITY},   {"rlimit-nice", RLIMIT_NICE, 40},
      {"rlimit-rtprio", RLIMIT_RTPRIO, 99},
  };
  for (size_t i = 0; i < sizeof raised / sizeof *raised; i++)
    say(raised[i].name, setrlimit(raised[i].limit, &(struct rlimit){raised[i].value, raised[i].value}));
}

static void kernel(int control) {
  uint64_t map[16] = {2 | 4ULL << 32, 4 | 1ULL << 32}; // an array of one entry, four bytes each
  uint64_t event[16] = {1 | (uint64_t)sizeof event << 32}; // the software CPU clock
  char ring[120] = {0};
  say("bpf", syscall(SYS_bpf, 0L, map, sizeof map));
  say("perf_event_open", syscall(SYS_perf_event_open, event, 0L, -1L, -1L, 0L));
  say("userfaultfd", syscall(SYS_userfaultfd, 0L));
  say("io_uring_setup", syscall(SYS_io_uring_setup, 8L, ring));
  struct { unsigned bytes; int type; unsigned char of[128]; } handle = {8, 1, {2}}; // the root of an ext4
  say("open_by_handle_at", syscall(SYS_open_by_handle_at, open("/", O_RDONLY | O_DIRECTORY), &handle, O_RDONLY));
  say("keyctl", syscall(SYS_keyctl, 0L, -3L, 0L));
  say("add_key", syscall(SYS_add_key, "user", "x", "y", 1L, -4L));
  say("request_key", syscall(SYS_request_key, "user", "x", NULL, -3L));
  say("init_module", syscall(SYS_init_module, "", 1L, ""));
  say("finit_module", syscall(SYS_finit_module, 0, "", 0L));
  say("delete_module", syscall(SYS_delete_module, "no_such_module", 0L));
  say("kexec_load", syscall(SYS_kexec_load, 0L, 17L, NULL, 0L));
  say("kexec_file_load", syscall(SYS_kexec_file_load, -1L, -1L, 0L, "", 0x80L));
  say("syslog", syscall(SYS_syslog, 10L, NULL, 0L));
  say("reboot", syscall(SYS_reboot, 0L, 0L, 0L, NULL)); // root is asked for the magic numbers, others are refused before
  say("quotactl", syscall(SYS_quotactl, 0x80000700L, "/dev/vda", 0L, NULL));
  say("swapon", swapon("/no/such/file", 0));
  say("swapoff", swapoff("/no/such/file"));
  if (!control) say("vhangup", syscall(SYS_vhangup)), say("acct", syscall(SYS_acct, NULL));
#ifdef __x86_64__
  say("iopl", iopl(3));
  say("ioperm", ioperm(0x80, 1, 1));
#endif
  say("parent-user-namespace", ioctl(open("/proc/self/ns/user", O_RDONLY), 0xb702 /* NS_GET_PARENT */));
  say("parent-pid-namespace", ioctl(open("/proc/self/ns/pid", O_RDONLY), 0xb702));
}

int main(int argc, char **argv) {
  int pair[2], control = argc > 1 && !strcmp(argv[1], "control");
  families("families", 0);
  families("families-high-bits", 1L << 32);
  say("socketpair-unix", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  say("socketpair-vsock", socketpair(VSOCK, SOCK_STREAM, 0, pair));
  other_doors();
  mknod_of("mknod-block", S_IFBLK | 0600, 254, 0);
  mknod_of("mknod-mem", S_IFCHR | 0600, 1, 1);
  mknod_of("mknod-whiteout", S_IFCHR | 0600, 0, 0);
  clocks(control);
  priorities();
  limits();
  kernel(control);
  return 0;
}
