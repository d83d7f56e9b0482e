// What one sandbox can reach of others; prints `NAME ERRNO-NAME` or `NAME allowed` for each try. Only for tests.
//   reach keep SECRET NAME   keeps a secret in memory and listens at an abstract socket until its standard input ends
//   reach process PID        what can be done to that process
//   reach socket NAME        a connection to that abstract socket
//   reach packets            the network interfaces that a packet socket can be bound to, and the state of auditing
//   reach mounts             the mount namespaces that can be stepped to from this one: their inodes
//   reach type               puts a key into its terminal's input
//   reach crash              ends by a fault
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static int say(const char *name, long result) {
  const char *why = result >= 0             ? "allowed"
                    : errno == EPERM        ? "EPERM"
                    : errno == ESRCH        ? "ESRCH"
                    : errno == ENOENT       ? "ENOENT"
                    : errno == EIO          ? "EIO"
                    : errno == ECONNREFUSED ? "ECONNREFUSED"
                                            : strerror(errno);
  printf("%s %s\n", name, why);
  return 0;
}

static socklen_t abstract(struct sockaddr_un *address, const char *name) {
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  snprintf(address->sun_path + 1, sizeof address->sun_path - 1, "%s", name);
  return offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
}

static char secret[64];

static int keep(const char *text, const char *name) {
  struct sockaddr_un address;
  char byte;
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  snprintf(secret, sizeof secret, "%s", text);
  if (bind(listener, (void *)&address, abstract(&address, name)) || listen(listener, 5)) return 1;
  printf("%d %p\n", (int)getpid(), (void *)secret);
  fflush(stdout);
  while (read(0, &byte, 1) > 0);
  return 0;
}

static int of_process(pid_t pid) {
  char path[64], copy[8];
  struct iovec to = {copy, sizeof copy}, from = {(void *)secret, sizeof copy};
  say("kill", kill(pid, 0));
  int descriptor = syscall(SYS_pidfd_open, pid, 0L);
  say("pidfd_open", descriptor);
  say("setpriority", setpriority(PRIO_PROCESS, pid, 19));
  say("sched_setaffinity", syscall(SYS_sched_setaffinity, pid, 8L, &(long){1}));
  say("prlimit", prlimit(pid, RLIMIT_NOFILE, NULL, &(struct rlimit){0}));
  snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
  say("mem", open(path, O_RDONLY));
  snprintf(path, sizeof path, "/proc/%d/ns/mnt", (int)pid);
  int namespace = open(path, O_RDONLY);
  say("ns", namespace);
  say("setns", setns(namespace, CLONE_NEWNS));
  say("ptrace", ptrace(PTRACE_SEIZE, pid, NULL, NULL));
  // Not let in by the filter, whoever's the process is.
  say("process_vm_readv", process_vm_readv(pid, &to, 1, &from, 1, 0));
  return say("pidfd_getfd", syscall(SYS_pidfd_getfd, descriptor, 1L, 0L));
}

static int to_socket(const char *name) {
  struct sockaddr_un address;
  socklen_t length = abstract(&address, name);
  return say("connect", connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&address, length));
}

// Asks auditing for its state; the kernel answers with an error or with none.
static int audit(void) {
  struct { uint32_t length; uint16_t type, flags; uint32_t sequence, pid; int32_t error; char rest[200]; } message = {16, 1000, 5, 1, 0, 0, {0}};
  int fd = socket(AF_NETLINK, SOCK_RAW, 9);
  if (fd < 0 || send(fd, &message, 16, 0) < 0) return say("audit", -1);
  if (recv(fd, &message, sizeof message, MSG_DONTWAIT) < 0) return say("audit", -1);
  errno = -message.error;
  return say("audit", message.type == 2 && message.error ? -1 : 0);
}

static int packets(void) {
  int fd = socket(AF_PACKET, SOCK_RAW, 0);
  printf("interfaces");
  for (unsigned index = 1; index < 5000; index++) {
    char name[IF_NAMESIZE];
    struct { uint16_t family, protocol; int32_t index; uint8_t rest[12]; } address = {AF_PACKET, 0x0300, (int32_t)index, {0}};
    if (bind(fd, (void *)&address, sizeof address) == 0) printf(" %s", if_indextoname(index, name) ? name : "unnamed");
  }
  puts("");
  return audit();
}

static int stepped(unsigned long step) {
  // struct mnt_ns_info; NS_MNT_GET_NEXT and _PREV answer with a descriptor.
  struct { uint32_t size, mounts; uint64_t id; } info = {16, 0, 0};
  int at = open("/proc/self/ns/mnt", O_RDONLY);
  for (int count = 0; count < 10000; count++) {
    struct stat is;
    fstat(at, &is);
    printf(" %lu", (unsigned long)is.st_ino);
    int next = ioctl(at, step, &info);
    close(at);
    if (next < 0) return 0;
    at = next;
  }
  return 0;
}

static int type_a_key(void) {
  int terminal = open("/dev/tty", O_RDWR);
  if (terminal < 0) return say("open", -1);
  return say("type", ioctl(terminal, TIOCSTI, "#"));
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (argc == 4 && !strcmp(what, "keep")) return keep(argv[2], argv[3]);
  if (argc == 3 && !strcmp(what, "process")) return of_process(atoi(argv[2]));
  if (argc == 3 && !strcmp(what, "socket")) return to_socket(argv[2]);
  if (!strcmp(what, "packets")) return packets();
  if (!strcmp(what, "mounts")) {
    printf("stepped");
    stepped(0x8010b70bUL), stepped(0x8010b70cUL); // NS_MNT_GET_NEXT, NS_MNT_GET_PREV
    return puts("") < 0;
  }
  if (!strcmp(what, "type")) return type_a_key();
  if (!strcmp(what, "crash")) return raise(SIGSEGV);
  return 2;
}
