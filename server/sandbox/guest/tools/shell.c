// shell: a login bash for the student, in the cgroup /shell, so that a fork bomb typed here leaves the engine alive.
#include "student.h"
#include <fcntl.h>

// The first that exists counts: cgroup v2 has one tree, v1 one for each controller.
static void join(const char *procs) {
  int fd = open(procs, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  // The limits protect from accidents; a student who removed the cgroup still gets a shell.
  if (write(fd, "0", 1) < 0) perror(procs);
  close(fd);
}

int main(void) {
  join("/sys/fs/cgroup/shell/cgroup.procs");
  join("/sys/fs/cgroup/pids/shell/cgroup.procs");
  join("/sys/fs/cgroup/memory/shell/cgroup.procs");
  if (become_student()) return 126;
  if (chdir(STUDENT_HOME) && chdir("/")) perror("chdir");
  char *env[] = {"TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8", "HOME=" STUDENT_HOME, "USER=student",
                 "LOGNAME=student",     "SHELL=/bin/bash",     "PATH=" STUDENT_PATH, NULL};
  execve("/bin/bash", (char *[]){"-bash", NULL}, env);
  perror("/bin/bash");
  return 127;
}
