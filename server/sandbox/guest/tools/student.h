// Becoming the student: fixed ids, so that a changed /etc/passwd cannot make "student" somebody else.
#define _GNU_SOURCE
#include <grp.h>
#include <stdio.h>
#include <unistd.h>

#define STUDENT_ID 1000
#define STUDENT_HOME "/home/student"
#define STUDENT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static int become_student(void) {
  if (setgid(STUDENT_ID) || initgroups("student", STUDENT_ID) || setuid(STUDENT_ID)) {
    perror("cannot become student");
    return -1;
  }
  return 0;
}
