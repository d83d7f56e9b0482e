/**
 * Which system calls a sandbox may make, and why. What is not here gets EPERM.
 * Only names that exist on 64-bit machines: 32-bit calls are not let in at all, they would go round the rules on arguments.
 * Measured against Docker's default profile of engine 20.10 with SYS_ADMIN and SYS_CHROOT; what differs is said where it does.
 */
export const allowed: readonly { why: string; names: string }[] = [
  {
    why: 'files and directories',
    names: `access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2 fadvise64
      fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync flock fstat fstatfs fsync ftruncate futimesat
      getcwd getdents getdents64 ioctl lchown link linkat lseek lstat mkdir mkdirat newfstatat open openat openat2 readahead
      readlink readlinkat rename renameat renameat2 rmdir stat statfs statx symlink symlinkat sync sync_file_range
      sync_file_range2 syncfs truncate umask unlink unlinkat utime utimensat utimes cachestat`,
  },
  {
    why: 'device nodes: the user namespace refuses all but overlay whiteouts, which dockerd makes',
    names: 'mknod mknodat',
  },
  {
    why: 'extended attributes',
    names: `fgetxattr flistxattr fremovexattr fsetxattr getxattr lgetxattr listxattr llistxattr lremovexattr lsetxattr
      removexattr setxattr`,
  },
  {
    why: 'reading, writing, pipes, waiting for descriptors',
    names: `epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd
      eventfd2 pipe pipe2 poll ppoll pread64 preadv preadv2 pselect6 pwrite64 pwritev pwritev2 read readv select sendfile
      splice tee vmsplice write writev`,
  },
  {
    why: 'watching files; fanotify_init hangs on SYS_ADMIN. Counts are capped for each namespace',
    names: 'fanotify_init fanotify_mark inotify_add_watch inotify_init inotify_init1 inotify_rm_watch',
  },
  {
    why: 'asynchronous I/O of the old kind; io_uring is left out',
    names: 'io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit',
  },
  {
    why: 'memory',
    names: `brk madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mlock mlock2 mlockall mmap mprotect
      mremap mseal msync munlock munlockall munmap remap_file_pages`,
  },
  {
    why: 'processes and threads',
    names: `arch_prctl capget capset clone clone3 execve execveat exit exit_group fork futex futex_requeue futex_wait
      futex_waitv futex_wake get_robust_list get_thread_area getcpu getpgid getpgrp getpid getppid getpriority getrlimit
      getrusage getsid gettid ioprio_get ioprio_set kill modify_ldt pidfd_open pidfd_send_signal prctl prlimit64
      process_mrelease restart_syscall rseq set_robust_list set_thread_area set_tid_address setpgid setpriority setrlimit
      setsid tgkill times tkill vfork wait4 waitid`,
  },
  { why: 'debuggers such as strace; the process namespace bounds what they see', names: 'ptrace' },
  {
    why: 'users and groups',
    names: `getegid geteuid getgid getgroups getresgid getresuid getuid setfsgid setfsuid setgid setgroups setregid setresgid
      setresuid setreuid setuid`,
  },
  {
    why: 'scheduling; a real-time class is refused by the kernel',
    names: `sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler
      sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield`,
  },
  {
    why: 'signals',
    names: `pause rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
      rt_tgsigqueueinfo sigaltstack signalfd signalfd4`,
  },
  {
    why: 'clocks and timers; setting a clock is refused by the kernel',
    names: `adjtimex alarm clock_adjtime clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep setitimer
      time timer_create timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime`,
  },
  {
    why: 'System V and POSIX messages, semaphores, shared memory: each sandbox has its own namespace',
    names: `mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd semctl semget
      semop semtimedop shmat shmctl shmdt shmget`,
  },
  {
    why: 'sockets, once opened; opening has rules of its own below',
    names: `accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg sendmmsg sendmsg
      sendto setsockopt shutdown`,
  },
  {
    why: 'filters that programs put on themselves',
    names: 'landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp',
  },
  { why: 'about the system', names: 'getrandom sysinfo uname' },
  {
    why: 'a student engine makes namespaces, roots and mounts; all of it stays inside the user namespace',
    names: `chroot fsconfig fsmount fsopen fspick mount mount_setattr move_mount name_to_handle_at open_tree setdomainname
      sethostname setns umount2 unshare`,
  },
  {
    why: "the student engine's runc and the sandbox's first process change the root; not in Docker's default",
    names: 'pivot_root',
  },
]

/** In Docker's default for a container with SYS_ADMIN, or easily taken for harmless, and refused here. A test holds them out. */
export const removed: readonly { why: string; names: string }[] = [
  {
    why: 'large kernel surface, not needed by a student engine',
    names: 'bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register',
  },
  { why: 'opens any inode of a mount, also of the golden store', names: 'open_by_handle_at' },
  { why: "the host's log, accounting and quotas", names: 'syslog acct quotactl quotactl_fd lookup_dcookie' },
  { why: 'opens sockets without a rule on the family', names: 'socketcall' },
]

/** What a container that has the host engine in it makes besides: what runs in it can do no more than it can. */
export const allowedToEngine: typeof allowed = [
  {
    why: 'on cgroup v2 its runc decides by a program of the kernel which devices a sandbox may use',
    names: 'bpf',
  },
]

/** Answered "not implemented", which runc accepts and EPERM not: keys count against one user of the host for all sandboxes. */
export const notImplemented = {
  why: 'session keys are shared by all sandboxes',
  names: 'add_key keyctl request_key',
} as const

/** Families of `socket`, each let in by equality: a rule "not 40" is passed by 40 + 2^32, which the kernel cuts back to 40. */
export const socketFamilies = { unix: 1, inet: 2, inet6: 10, netlink: 16, packet: 17 } as const

/** Families of `socketpair`, in the same way: the kernel would look for a module for each that it does not know. */
export const pairFamilies = { unix: socketFamilies.unix } as const

/** Values of `personality` that programs use: Linux, Linux with 3 GB, UNAME26, both, and the question what it is. */
export const personalities = [0x0, 0x8, 0x20000, 0x20008, 0xffffffff] as const
