// runc ARG...: what containerd starts in place of the system's runc, which it becomes. Before a container is deleted in whose
// cgroup the kernel has killed, it waits: containerd reads the news of such a kill only while the cgroup is there, and on a busy
// machine the delete came first in 1 of 1000 kills, which then had no `oom` event and no OOMKilled.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RUNC "/usr/sbin/runc"
static const struct timespec GRACE = {.tv_nsec = 250 * 1000 * 1000};

static long kills_in(const char *pattern, const char *id) {
  char path[512], line[128];
  if (snprintf(path, sizeof path, pattern, id) >= (int)sizeof path) return 0;
  FILE *file = fopen(path, "re");
  if (!file) return 0;
  long kills = 0;
  while (fgets(line, sizeof line, file))
    if (strncmp(line, "oom_kill ", 9) == 0) kills = atol(line + 9);
  fclose(file);
  return kills;
}

static int deletes(int argc, char **argv) {
  for (int i = 1; i < argc; i++)
    if (strcmp(argv[i], "delete") == 0) return 1;
  return 0;
}

int main(int argc, char **argv) {
  const char *id = argv[argc - 1];
  if (deletes(argc, argv) && !strchr(id, '/') &&
      (kills_in("/sys/fs/cgroup/memory/student/%s/memory.oom_control", id) > 0 ||
       kills_in("/sys/fs/cgroup/student/%s/memory.events", id) > 0))
    nanosleep(&GRACE, NULL);
  execv(RUNC, argv);
  fprintf(stderr, RUNC ": %s\n", strerror(errno));
  return 127;
}
