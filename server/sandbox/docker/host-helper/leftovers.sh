# What faults leave over.

# Mount points and loop devices of this installation, and the sandbox ids in their paths: `mount ID PATH`, `loop ID DEVICE`.
verb_leftovers() {
  awk -v home="$home/" 'index($5, home) == 1 { split(substr($5, length(home) + 1), p, "/"); print "mount", p[1], $5 }' \
    /proc/self/mountinfo
  losetup -nlO NAME,BACK-FILE | awk -v home="$home/" \
    'index($2, home) == 1 { split(substr($2, length(home) + 1), p, "/"); print "loop", p[1], $1 }'
}

# verb_drop_loop DEVICE: frees a loop device of this installation. One may free itself meanwhile, and be somebody else's then.
verb_drop_loop() {
  case $1 in /dev/loop[0-9]*) ;; *) fail 2 'not a valid loop device' ;; esac
  is_ours() { losetup -nO BACK-FILE "$1" 2> /dev/null | grep -q "^ *$home/"; }
  ! is_ours "$1" || losetup -d "$1" || ! is_ours "$1"
}

# verb_scrub_of ID: the same of the container that a sandbox had last, by its disk.
verb_scrub_of() {
  need id "$1"
  container=$(cat "$home/$1/container" 2> /dev/null) || return 0
  verb_scrub "$container"
}

# verb_scrub CONTAINER: shim, processes and cgroups of a container that the engine no longer knows.
verb_scrub() {
  need container "$1"
  set +f
  for cmdline in $(grep -lsF "$1" /proc/[0-9]*/cmdline); do
    pid=${cmdline#/proc/} pid=${pid%/cmdline}
    case $(cat "/proc/$pid/comm" 2> /dev/null) in containerd-shim*) kill -s KILL "$pid" || : ;; esac
  done
  find /sys/fs/cgroup -depth -type d -path "*$1*" 2> /dev/null | while read -r group; do
    while read -r pid; do
      [ "$pid" = 0 ] || signal_inside KILL "$pid" || :
    done < "$group/cgroup.procs"
    tries=0
    until rmdir "$group" 2> /dev/null || [ ! -d "$group" ] || [ $tries = 50 ]; do
      tries=$((tries + 1))
      sleep 0.02
    done
    echo "$group"
  done
}
