// supervise PROGRAM...: the sandbox's first process. Starts the programs and starts again whichever ends, and never ends
// with them, so that terminals outlive an engine that the student killed. Being process 1 it reaps every orphan, and no
// signal from inside the sandbox can end it. SIGTERM from outside stops the programs, the last one first, and ends.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROGRAMS_MAX 8
// A program that ended sooner than this is started again only after this time, so that a broken one does not spin.
#define PATIENCE_MS 1000

struct program {
  char *path;
  pid_t pid; // 0 while it does not run
  long started, due;
};

static struct program programs[PROGRAMS_MAX];
static int count, stopping;
static sigset_t watched;

static long now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void start(struct program *p) {
  p->started = now_ms();
  pid_t pid = fork();
  if (pid < 0) p->due = p->started + PATIENCE_MS; // at the process limit
  if (pid > 0) p->pid = pid;
  if (pid != 0) return;
  sigprocmask(SIG_UNBLOCK, &watched, NULL);
  setsid();
  execv(p->path, (char *[]){p->path, NULL});
  perror(p->path);
  _exit(127);
}

static void reap(void) {
  int status;
  pid_t pid;
  while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
    for (struct program *p = programs; p < programs + count; p++)
      if (p->pid == pid) {
        p->pid = 0;
        p->due = now_ms() - p->started < PATIENCE_MS ? now_ms() + PATIENCE_MS : now_ms();
        fprintf(stderr, "supervise: %s ended (%s %d)\n", p->path, WIFSIGNALED(status) ? "signal" : "status",
                WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
      }
}

// The last program that runs gets SIGTERM once; when none runs, all is done.
static void stop_next(void) {
  static pid_t told;
  for (struct program *p = programs + count; p-- > programs;)
    if (p->pid) {
      if (told != p->pid) kill(told = p->pid, SIGTERM);
      return;
    }
  exit(0);
}

static long start_due(void) {
  long wait = -1;
  for (struct program *p = programs; p < programs + count; p++) {
    if (p->pid == 0 && p->due <= now_ms()) start(p);
    if (p->pid == 0 && (wait < 0 || p->due - now_ms() < wait)) wait = p->due - now_ms();
  }
  return wait < 0 ? -1 : wait + 1;
}

int main(int argc, char **argv) {
  for (; count < argc - 1 && count < PROGRAMS_MAX; count++) programs[count].path = argv[count + 1];
  sigemptyset(&watched);
  sigaddset(&watched, SIGCHLD);
  sigaddset(&watched, SIGTERM);
  sigprocmask(SIG_BLOCK, &watched, NULL);
  for (;;) {
    if (stopping) stop_next();
    long wait = stopping ? -1 : start_due();
    siginfo_t info;
    int got = wait < 0 ? sigwaitinfo(&watched, &info)
                       : sigtimedwait(&watched, &info, &(struct timespec){wait / 1000, wait % 1000 * 1000000});
    // A sender outside this process namespace has no number here.
    if (got == SIGTERM && info.si_pid == 0) stopping = 1;
    reap();
  }
}
