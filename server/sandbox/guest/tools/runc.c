// runc ARG...: what containerd starts in place of the system's runc, which it becomes. It sees to it that every kill for want of
// memory is told. On cgroup v1 containerd hears of one only if it listens already when it comes, and if the cgroup is still there
// when it looks; on a busy machine the one failed in 1 of 50 kills right after the start, the other in 1 of 1000. So the cgroup
// of a killed container is kept a moment longer, and a kill early in its life that was not told is told here.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNC "/usr/sbin/runc"
#define TELL "/opt/drydock/tell-kill"

/* What containerd needs to look at the cgroup once it has heard. */
static const struct timespec GRACE = {.tv_nsec = 250 * 1000 * 1000};
/* So long after a start a kill may have come before containerd listened. Of an older one nobody can say when it was. */
static const time_t EARLY = 10;

static long kills_in(const char *pattern, const char *id) {
  char path[512], line[128];
  long kills = 0;
  if (snprintf(path, sizeof path, pattern, id) >= (int)sizeof path) return 0;
  FILE *file = fopen(path, "re");
  if (!file) return 0;
  while (fgets(line, sizeof line, file))
    if (strncmp(line, "oom_kill ", 9) == 0) kills = atol(line + 9);
  fclose(file);
  return kills;
}

/* When it was started, seconds since the epoch: runc then takes a file out of its directory. */
static time_t started(const char *root, const char *id) {
  char path[512];
  struct stat found;
  if (snprintf(path, sizeof path, "%s/%s", root, id) >= (int)sizeof path || stat(path, &found)) return 0;
  return found.st_mtime;
}

static void tell(const char *id, time_t since) {
  struct timespec now;
  char from[32], until[48];
  clock_gettime(CLOCK_REALTIME, &now);
  snprintf(from, sizeof from, "%lld", (long long)since - 1);
  snprintf(until, sizeof until, "%lld.%09ld", (long long)now.tv_sec, now.tv_nsec);
  pid_t child = fork();
  if (child == 0) {
    execl(TELL, TELL, id, from, until, (char *)NULL);
    _exit(127);
  }
  while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR);
}

int main(int argc, char **argv) {
  const char *id = argv[argc - 1], *root = NULL;
  int deletes = 0;
  for (int i = 1; i < argc - 1; i++) {
    if (strcmp(argv[i], "--root") == 0) root = argv[i + 1];
    if (strcmp(argv[i], "delete") == 0) deletes = 1;
  }
  if (deletes && !strchr(id, '/') &&
      (kills_in("/sys/fs/cgroup/memory/student/%s/memory.oom_control", id) > 0 ||
       kills_in("/sys/fs/cgroup/student/%s/memory.events", id) > 0)) {
    nanosleep(&GRACE, NULL);
    time_t since = root ? started(root, id) : 0;
    if (since > 0 && time(NULL) - since <= EARLY) tell(id, since);
  }
  execv(RUNC, argv);
  fprintf(stderr, RUNC ": %s\n", strerror(errno));
  return 127;
}
