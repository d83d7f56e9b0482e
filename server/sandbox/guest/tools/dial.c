// dial SOCKET WAIT_MS: joins standard input and output to a unix socket.
// Waits up to WAIT_MS for the socket to accept. Ends when the far side has closed, or when both directions are done.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define RETRY_MS 2

// One direction: bytes read from `from` and not yet written to `to`.
struct pipe {
  int from, to;
  int ended; // nothing more comes from `from`
  size_t start, end;
  char bytes[65536];
};

static long now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int dial(const char *path, long wait_ms) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return errno = ENAMETOOLONG, -1;
  strcpy(address.sun_path, path);
  long deadline = now_ms() + wait_ms;
  for (;;) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    int why = errno;
    close(fd);
    errno = why;
    int not_yet = why == ENOENT || why == ECONNREFUSED || why == EAGAIN;
    if (!not_yet || now_ms() >= deadline) return -1;
    nanosleep(&(struct timespec){0, RETRY_MS * 1000000}, NULL);
  }
}

static int empty(const struct pipe *p) { return p->start == p->end; }

// Reads when there is room; writes what is there. Returns -1 when the direction is broken.
static int fill(struct pipe *p) {
  ssize_t n = read(p->from, p->bytes, sizeof p->bytes);
  if (n < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
  if (n == 0) p->ended = 1;
  p->start = 0, p->end = (size_t)n;
  return 0;
}

static int drain(struct pipe *p) {
  ssize_t n = write(p->to, p->bytes + p->start, p->end - p->start);
  if (n < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
  p->start += (size_t)n;
  return 0;
}

static void relay(int socket) {
  static struct pipe out, in;
  out.from = 0, out.to = socket, in.from = socket, in.to = 1;
  int told = 0; // the far side knows that we send nothing more
  while (!(in.ended && empty(&in))) {
    struct pollfd wait[3] = {
        {.fd = out.ended || !empty(&out) ? -1 : 0, .events = POLLIN},
        {.fd = socket, .events = (short)((empty(&in) ? POLLIN : 0) | (empty(&out) ? 0 : POLLOUT))},
        {.fd = empty(&in) ? -1 : 1, .events = POLLOUT},
    };
    // Unasked-for hangups of a socket whose bytes wait for standard output would spin.
    if (wait[1].events == 0) wait[1].fd = -1;
    if (poll(wait, 3, -1) < 0 && errno != EINTR) return;
    if (wait[0].revents && fill(&out) < 0) out.ended = 1;
    if (!empty(&out) && drain(&out) < 0) out.start = out.end = 0, out.ended = 1;
    if (out.ended && empty(&out) && !told) shutdown(socket, SHUT_WR), told = 1;
    if (empty(&in) && wait[1].revents & (POLLIN | POLLHUP | POLLERR) && fill(&in) < 0) return;
    if (!empty(&in) && drain(&in) < 0) return;
  }
}

int main(int argc, char **argv) {
  if (argc != 3) return fputs("usage: dial SOCKET WAIT_MS\n", stderr), 2;
  signal(SIGPIPE, SIG_IGN);
  int socket = dial(argv[1], atol(argv[2]));
  if (socket < 0) return fprintf(stderr, "dial %s: %s\n", argv[1], strerror(errno)), 1;
  for (int fd = 0; fd < 2; fd++) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  fcntl(socket, F_SETFL, O_NONBLOCK);
  relay(socket);
  return 0;
}
