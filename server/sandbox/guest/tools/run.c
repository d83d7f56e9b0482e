// run [--tty COLSxROWS] [--user student] [--cwd DIR] [--env NAME=VALUE]... -- PROGRAM [ARG]...
// Starts a program with exactly the environment given, as root or as the student. The terminal's size holds before it starts.
#include "student.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

static int set_size(const char *size) {
  struct winsize ws = {0};
  if (sscanf(size, "%hux%hu", &ws.ws_col, &ws.ws_row) != 2) return -1;
  return ioctl(0, TIOCSWINSZ, &ws);
}

static int fail(const char *what, int code) {
  fprintf(stderr, "run: %s: %s\n", what, strerror(errno));
  return code;
}

int main(int argc, char **argv) {
  char **env = calloc((size_t)argc + 1, sizeof *env);
  int vars = 0, student = 0, i = 1;
  const char *cwd = "/";
  for (; i + 1 < argc && strcmp(argv[i], "--") != 0; i += 2) {
    char *value = argv[i + 1];
    if (strcmp(argv[i], "--tty") == 0) {
      if (set_size(value)) return fail("--tty", 126);
    } else if (strcmp(argv[i], "--env") == 0) env[vars++] = value;
    else if (strcmp(argv[i], "--cwd") == 0) cwd = value;
    else if (strcmp(argv[i], "--user") == 0 && strcmp(value, "student") == 0) student = 1;
    else return errno = EINVAL, fail(argv[i], 126);
  }
  if (i + 1 >= argc || strcmp(argv[i], "--") != 0) return errno = EINVAL, fail("arguments", 126);
  if (student && become_student()) return 126;
  if (chdir(cwd)) return fail(cwd, 126);
  execve(argv[i + 1], argv + i + 1, env);
  return fail(argv[i + 1], errno == ENOENT ? 127 : 126);
}
