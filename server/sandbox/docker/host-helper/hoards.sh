# What no setting of the kernel bounds for each sandbox, though all together can run out of it.

# verb_taken: of the whole machine, the cgroups of the controller that has most, and the pseudo terminals.
verb_taken() {
  awk 'NR > 1 && $3 > most { most = $3 } END { print most + 0 }' /proc/cgroups
  cat /proc/sys/kernel/pty/nr
}

hierarchies() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo /sys/fs/cgroup; else
    find /sys/fs/cgroup -mindepth 1 -maxdepth 1 -type d
  fi
}

# verb_taken_by CONTAINER MOST: the same of one sandbox, not counted beyond MOST. A terminal counts once for each descriptor of it.
verb_taken_by() {
  need container "$1"; need number "$2"
  groups=0 ptys=0
  for tree in $(hierarchies); do
    group=$(find "$tree" -maxdepth 5 -type d -name "*$1*" -prune | head -n 1)
    [ -n "$group" ] || continue
    count=$(timeout 5 find "$group" -mindepth 1 -type d 2> /dev/null | head -n "$2" | wc -l)
    [ "$count" -le $groups ] || groups=$count
    case $tree in
      /sys/fs/cgroup | */pids)
        ptys=$(timeout 5 find "$group" -name cgroup.procs -exec cat {} + 2> /dev/null | while read -r pid; do
          find "/proc/$pid/fd" -maxdepth 1 \( -lname '*/ptmx' -o -lname '*/pts/*' \) 2> /dev/null || :
        done | head -n "$2" | wc -l)
        ;;
    esac
  done
  echo "$groups"
  echo "$ptys"
}
