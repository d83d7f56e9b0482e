// Tries system calls that a sandbox must refuse, and prints `NAME ERRNO-NAME` or `NAME allowed` for each. Only for tests.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define VSOCK 40

static void say(const char *name, long result) {
  const char *why = result >= 0          ? "allowed"
                    : errno == EPERM     ? "EPERM"
                    : errno == EACCES    ? "EACCES"
                    : errno == ENOSYS    ? "ENOSYS"
                    : errno == ENOENT    ? "ENOENT"
                                         : strerror(errno);
  printf("%s %s\n", name, why);
}

static void mknod_of(const char *name, mode_t mode, unsigned major, unsigned minor) {
  unlink("/root/node");
  say(name, mknod("/root/node", mode, makedev(major, minor)));
  unlink("/root/node");
}

#ifdef __x86_64__
// The 32-bit door: `int 0x80` with socketcall(SYS_SOCKET, {VSOCK, SOCK_STREAM, 0}). In a child, because the filter may kill.
static void socket_32bit(void) {
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    unsigned *args = mmap((void *)0x10000000, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    args[0] = VSOCK, args[1] = SOCK_STREAM, args[2] = 0;
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(102L), "b"(1L), "c"(args) : "memory");
    _exit(result >= 0);
  }
  int status;
  waitpid(child, &status, 0);
  printf("socket-vsock-32bit %s\n", WIFEXITED(status) && WEXITSTATUS(status) ? "allowed" : "refused");
}
#else
static void socket_32bit(void) { puts("socket-vsock-32bit refused"); }
#endif

int main(void) {
  say("socket-unix", socket(AF_UNIX, SOCK_STREAM, 0));
  say("socket-inet", socket(AF_INET, SOCK_STREAM, 0));
  say("socket-vsock", syscall(SYS_socket, (long)VSOCK, (long)SOCK_STREAM, 0L));
  say("socket-vsock-high-bits", syscall(SYS_socket, VSOCK + (1L << 32), (long)SOCK_STREAM, 0L));
  say("socket-inet-high-bits", syscall(SYS_socket, AF_INET + (1L << 32), (long)SOCK_STREAM, 0L));
  say("socket-alg", socket(38, SOCK_SEQPACKET, 0));
  socket_32bit();

  mknod_of("mknod-block", S_IFBLK | 0600, 254, 0);
  mknod_of("mknod-mem", S_IFCHR | 0600, 1, 1);
  mknod_of("mknod-whiteout", S_IFCHR | 0600, 0, 0);

  say("keyctl", syscall(SYS_keyctl, 0L, -3L, 0L));
  say("add_key", syscall(SYS_add_key, "user", "x", "y", 1L, -4L));
  say("bpf", syscall(SYS_bpf, 0L, NULL, 0L));
  say("perf_event_open", syscall(SYS_perf_event_open, NULL, 0L, -1L, -1L, 0L));
  say("userfaultfd", syscall(SYS_userfaultfd, 0L));
  say("io_uring_setup", syscall(SYS_io_uring_setup, 8L, NULL));
  say("open_by_handle_at", syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, 0L));
  say("init_module", syscall(SYS_init_module, "", 1L, ""));
  say("kexec_load", syscall(SYS_kexec_load, 0L, 0L, NULL, 0L));
  say("syslog", syscall(SYS_syslog, 3L, NULL, 0L));
  say("reboot", syscall(SYS_reboot, 0xfee1dead, 672274793L, 0L, NULL));
  say("quotactl", syscall(SYS_quotactl, 0L, NULL, 0L, NULL));
  say("acct", syscall(SYS_acct, NULL));
  return 0;
}
