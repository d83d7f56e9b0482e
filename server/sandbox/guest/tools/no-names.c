// no-names: answers every question to the name server with "no such name". A sandbox reaches nobody, so that is the truth;
// without an answer each unknown name would take its asker 15 s, and the engine would tell containers to ask public servers.
// It stands on the address that docker0 will have: an engine passes a loopback server on to no container.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define ADDRESS "172.17.0.1"
#define HEADER 12
// Longer questions than the classic limit of a datagram are nobody's.
#define MESSAGE_MAX 512

// Where the first question ends; 0 when there is none that is whole.
static size_t question_end(const unsigned char *message, size_t length) {
  size_t at = HEADER;
  while (at < length && message[at] != 0) {
    if (message[at] > 63) return 0; // a pointer has no place in a question
    at += message[at] + 1u;
  }
  return at + 5 <= length ? at + 5 : 0; // the root label, then type and class
}

// Turns a question into its answer, in place. Returns the answer's length, 0 when it was no question.
static size_t answer(unsigned char *message, size_t length) {
  if (length < HEADER || message[2] & 0x80) return 0; // itself an answer
  size_t end = question_end(message, length);
  if (end == 0) return 0;
  message[2] = 0x80 | (message[2] & 0x79); // answer; the kind of question and "recursion desired" stay
  message[3] = 0x80 | 3;                   // recursion available; no such name
  memcpy(message + 4, (unsigned char[]){0, 1, 0, 0, 0, 0, 0, 0}, 8); // one question, no records
  return end;
}

int main(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1;
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(53)};
  inet_pton(AF_INET, ADDRESS, &here.sin_addr);
  // The address is not there before the engine has made its bridge.
  if (setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof on) || bind(fd, (struct sockaddr *)&here, sizeof here))
    return perror("no-names: " ADDRESS), 1;
  for (;;) {
    unsigned char message[MESSAGE_MAX];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    ssize_t got = recvfrom(fd, message, sizeof message, 0, (struct sockaddr *)&from, &size);
    if (got < 0 && errno != EINTR && errno != ECONNREFUSED) return perror("no-names"), 1;
    size_t length = got > 0 ? answer(message, (size_t)got) : 0;
    // An asker that has gone away is no fault of ours.
    if (length && sendto(fd, message, length, 0, (struct sockaddr *)&from, size) < 0) continue;
  }
}
