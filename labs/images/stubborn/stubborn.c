/* Does a job every five seconds for ever and installs no signal handler, like many programs one is given. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("stubborn: ready\n");
    for (unsigned long job = 1;; job++) {
        sleep(5);
        printf("stubborn: job %lu\n", job);
    }
}
