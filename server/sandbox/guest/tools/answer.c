// answer FIELD VALUE: hands an answer in from the terminal. Exits 0 when it was taken, 1 when not, 2 when nobody takes it.
#define _GNU_SOURCE
#include "answer.h"
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

// The desk opens a moment after the terminal, and is opened again when it was ended.
#define TRIES 150
#define RETRY_MS 20

static int connect_once(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = ANSWER_SOCKET};
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct timeval limit = {.tv_sec = REPLY_SECONDS};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

static int connect_desk(void) {
  for (int tries = 0; tries < TRIES; tries++) {
    int desk = connect_once();
    if (desk >= 0) return desk;
    nanosleep(&(struct timespec){0, RETRY_MS * 1000000}, NULL);
  }
  return -1;
}

// Words after the field belong to the value, joined by spaces: `answer cause out of memory`.
static int join_words(char *value, size_t room, int count, char **words) {
  size_t used = 0;
  for (int i = 0; i < count; i++) {
    int n = snprintf(value + used, room - used, i ? " %s" : "%s", words[i]);
    if (n < 0 || (size_t)n >= room - used) return -1;
    used += (size_t)n;
  }
  return (int)used;
}

int main(int argc, char **argv) {
  if (argc < 3) return fputs("usage: answer FIELD VALUE\nThe fields are named in the task.\n", stderr), 2;
  char value[VALUE_MAX + 1];
  size_t field_length = strlen(argv[1]);
  int value_length = join_words(value, sizeof value, argc - 2, argv + 2);
  if (field_length > FIELD_MAX || value_length < 0) {
    fprintf(stderr, "A field has at most %d bytes, a value %d.\n", FIELD_MAX, VALUE_MAX);
    return 2;
  }
  int desk = connect_desk();
  if (desk < 0 || write(desk, argv[1], field_length + 1) < 0 || write(desk, value, (size_t)value_length) < 0 ||
      shutdown(desk, SHUT_WR)) {
    fputs("Nobody takes answers here right now. Use the field in the page.\n", stderr);
    return 2;
  }
  char reply[1 + TEXT_MAX];
  size_t have = 0;
  ssize_t n;
  while (have < sizeof reply && (n = read(desk, reply + have, sizeof reply - have)) > 0) have += (size_t)n;
  if (have == 0) return fputs("No reply came. Use the field in the page.\n", stderr), 2;
  printf("%.*s\n", (int)have - 1, reply + 1);
  return reply[0] == '1' ? 0 : 1;
}
