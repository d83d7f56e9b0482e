/*
 * Takes memory in steps and says so.
 *
 *   eater [MIB]        takes MIB (default 48), works for half a second, prints "done", exits 0
 *   eater hold [MIB]   takes MIB (default 40) and keeps it until SIGTERM or SIGINT, then exits 0
 *
 * Exit 2: unknown arguments. Exit 1: the kernel refused the memory outright.
 * Every page is written to: memory that was only asked for costs nothing and is charged to nobody.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MIB (1024UL * 1024UL)
#define STEP_MIB 4L
#define STEP_PAUSE_MS 20L
#define WORK_MS 500L
#define MAX_MIB 4096L

static int asked_to_stop;

/* Signals stay blocked and are only taken here, so that none can slip in between a test and a sleep. */
static void wait_ms(long ms, const sigset_t *stops)
{
    struct timespec limit = {ms / 1000, ms % 1000 * 1000000L};
    int got;
    do
        got = sigtimedwait(stops, NULL, &limit);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        asked_to_stop = 1;
}

static void usage(void)
{
    fprintf(stderr, "usage: eater [MIB] | eater hold [MIB]\n");
    exit(2);
}

static long parse_mib(const char *text)
{
    char *end;
    errno = 0;
    long mib = strtol(text, &end, 10);
    if (errno || end == text || *end || mib < 1 || mib > MAX_MIB)
        usage();
    return mib;
}

/* The pages must differ from each other, or a kernel that merges equal pages would give some back. */
static void take(long target, const sigset_t *stops)
{
    for (long taken = 0; taken < target && !asked_to_stop;) {
        long step = target - taken < STEP_MIB ? target - taken : STEP_MIB;
        unsigned char *block = malloc((size_t)step * MIB);
        if (!block) {
            fprintf(stderr, "eater: no memory after %ld MiB\n", taken);
            exit(1);
        }
        for (size_t at = 0; at < (size_t)step * MIB; at += 4096) {
            unsigned long mark = (unsigned long)taken * MIB + at + 1;
            memcpy(block + at, &mark, sizeof mark);
        }
        taken += step;
        printf("eater: %ld of %ld MiB\n", taken, target);
        wait_ms(STEP_PAUSE_MS, stops);
    }
}

int main(int argc, char **argv)
{
    int hold = argc > 1 && strcmp(argv[1], "hold") == 0;
    int next = hold ? 2 : 1;
    if (argc > next + 1)
        usage();
    long target = argc > next ? parse_mib(argv[next]) : hold ? 40 : 48;

    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    sigprocmask(SIG_BLOCK, &stops, NULL);
    setvbuf(stdout, NULL, _IOLBF, 0);

    take(target, &stops);
    if (hold && !asked_to_stop)
        printf("eater: holding %ld MiB\n", target);
    while (hold && !asked_to_stop)
        wait_ms(60000, &stops);
    if (!asked_to_stop)
        wait_ms(WORK_MS, &stops);
    if (asked_to_stop) {
        printf("eater: asked to stop\n");
        return hold ? 0 : 143;
    }
    printf("eater: done\n");
    return 0;
}
