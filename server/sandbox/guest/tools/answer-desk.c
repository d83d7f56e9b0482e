// answer-desk: takes answers from the sandbox's terminals and passes them to the server, which started it.
// For each it prints `ID HEX-FIELD HEX-VALUE` and reads `ID 0|1 HEX-TEXT` from standard input, in any order.
// Ends with standard input.
#define _GNU_SOURCE
#include "answer.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS 16
#define LINE_MAX_BYTES (2 * TEXT_MAX + 64)

struct client {
  int fd; // -1 when free
  unsigned id;
  int asked; // the server has the request
  time_t since;
  size_t have;
  char request[FIELD_MAX + 1 + VALUE_MAX];
};

static struct client clients[CLIENTS];
static unsigned last_id;

static time_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec;
}

static void drop(struct client *c) {
  close(c->fd);
  c->fd = -1;
}

static void print_hex(const char *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) printf("%02x", (unsigned char)bytes[i]);
}

// The whole request is there: field, NUL, value.
static void ask(struct client *c) {
  char *nul = memchr(c->request, 0, c->have);
  size_t field = nul ? (size_t)(nul - c->request) : 0;
  size_t value = nul ? c->have - field - 1 : 0;
  if (field == 0 || field > FIELD_MAX || value > VALUE_MAX) return drop(c);
  printf("%u ", c->id);
  print_hex(c->request, field);
  putchar(' ');
  print_hex(nul + 1, value);
  putchar('\n');
  fflush(stdout);
  c->asked = 1;
}

static void hear(struct client *c) {
  char more[64];
  int full = c->have == sizeof c->request;
  ssize_t n = read(c->fd, full ? more : c->request + c->have, full ? sizeof more : sizeof c->request - c->have);
  if (n < 0 && errno == EAGAIN) return;
  if (n < 0 || (full && n > 0)) return drop(c);
  if (n == 0) return ask(c);
  c->have += (size_t)n;
}

static void admit(int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  for (struct client *c = clients; c < clients + CLIENTS; c++)
    if (c->fd < 0) {
      *c = (struct client){.fd = fd, .id = ++last_id, .since = now()};
      return;
    }
  close(fd);
}

// One line from the server: `ID 0|1 HEX-TEXT`.
static void reply(const char *line) {
  unsigned id;
  char taken;
  int at = 0;
  if (sscanf(line, "%u %c %n", &id, &taken, &at) != 2 || at == 0) return;
  char text[1 + TEXT_MAX];
  size_t count = 0;
  unsigned byte;
  text[count++] = taken;
  for (const char *hex = line + at; count < sizeof text && sscanf(hex, "%2x", &byte) == 1; hex += 2) text[count++] = (char)byte;
  for (struct client *c = clients; c < clients + CLIENTS; c++)
    if (c->fd >= 0 && c->asked && c->id == id) {
      if (write(c->fd, text, count) < 0) perror("reply");
      drop(c);
    }
}

// Returns 0 when standard input has ended.
static int hear_server(void) {
  static char line[LINE_MAX_BYTES];
  static size_t have;
  ssize_t n = read(0, line + have, sizeof line - 1 - have);
  if (n <= 0) return n < 0 && errno == EINTR;
  have += (size_t)n;
  line[have] = 0;
  for (char *end; (end = strchr(line, '\n')); ) {
    *end = 0;
    reply(line);
    have -= (size_t)(end + 1 - line);
    memmove(line, end + 1, have + 1);
  }
  if (have == sizeof line - 1) have = 0; // no line is that long
  return 1;
}

static int listen_desk(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = ANSWER_SOCKET};
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  unlink(ANSWER_SOCKET);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) || chmod(ANSWER_SOCKET, 0666) || listen(fd, CLIENTS)) return -1;
  return fd;
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  for (struct client *c = clients; c < clients + CLIENTS; c++) c->fd = -1;
  int listener = listen_desk();
  if (listener < 0) return perror(ANSWER_SOCKET), 1;
  for (;;) {
    struct pollfd wait[CLIENTS + 2] = {{.fd = 0, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
    for (int i = 0; i < CLIENTS; i++)
      wait[i + 2] = (struct pollfd){.fd = clients[i].asked ? -1 : clients[i].fd, .events = POLLIN};
    if (poll(wait, CLIENTS + 2, 1000) < 0 && errno != EINTR) return 1;
    if (wait[0].revents && !hear_server()) return 0;
    for (int i = 0; i < CLIENTS; i++) {
      if (clients[i].fd >= 0 && wait[i + 2].revents) hear(&clients[i]);
      if (clients[i].fd >= 0 && now() - clients[i].since > REPLY_SECONDS) drop(&clients[i]);
    }
    if (wait[1].revents) admit(listener);
  }
}
