#!/opt/drydock/bin/busybox sh
# rooted MOTD STUDENT_PIDS STUDENT_MEMORY SHELL_PIDS SHELL_MEMORY: goes on from `entrypoint`, now in the disk's root.
# Standard descriptor 3 is the disk's own directory, where the host side's go-ahead is a pipe.
set -eu
bb=/opt/drydock/bin/busybox
motd=$1 student_pids=$2 student_memory=$3 shell_pids=$4 shell_memory=$5

$bb umount -l /.old
$bb rmdir /.old

name=$($bb hostname)
printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$name" > /etc/hosts # sudo complains without the second line
echo "$name" > /etc/hostname
echo nameserver 172.17.0.1 > /etc/resolv.conf # where no-names stands; containers inherit it
echo 0 65535 > /proc/sys/net/ipv4/ping_group_range # or ping would be root's
printf '%s\n' "$motd" > /etc/motd
$bb mkdir -p /run/drydock

# Opening blocks until the host side has handed over the cgroups and written the caps of this sandbox's namespaces.
# Without them nothing of the student's may run, not even a container with a restart policy.
read -r word < /proc/self/fd/3/go
[ "$word" = go ]
exec 3<&-

# A host engine without user namespaces, which an operator must allow by name, hands the cgroups in read-only.
while read -r _ _ _ _ point options; do
  case "$point $options" in
    /sys/fs/cgroup*' ro,'*' - cgroup'*) $bb mount -o remount,rw,bind "$point" ;;
  esac
done < /proc/self/mountinfo

# limit GROUP PIDS BYTES: a cgroup below the sandbox's own limits.
cgroup=/sys/fs/cgroup
if [ -e $cgroup/cgroup.controllers ]; then
  # cgroup v2: processes to a leaf, then the controllers on. Programs started from outside may come in between: again.
  $bb mkdir -p $cgroup/init
  tries=0
  until $bb sed 's/[^ ][^ ]*/+&/g' $cgroup/cgroup.controllers > $cgroup/cgroup.subtree_control; do
    for process in $($bb cat $cgroup/cgroup.procs); do echo "$process" > $cgroup/init/cgroup.procs || :; done
    tries=$((tries + 1))
    [ $tries -lt 200 ] || { echo 'cgroup v2: the controllers cannot be enabled' >&2; exit 1; }
    [ $tries -lt 3 ] || $bb sleep 0.05
  done 2> /dev/null
  limit() {
    $bb mkdir -p $cgroup/$1
    echo "$2" > $cgroup/$1/pids.max
    echo "$3" > $cgroup/$1/memory.max
  }
else
  limit() {
    $bb mkdir -p $cgroup/pids/$1 $cgroup/memory/$1
    echo "$2" > $cgroup/pids/$1/pids.max
    echo "$3" > $cgroup/memory/$1/memory.limit_in_bytes
  }
fi
limit student "$student_pids" "$student_memory" # all containers: a bomb in one leaves shells and engine alive
limit shell "$shell_pids" "$shell_memory"       # all terminals: the likeliest bomb is typed there
[ ! -e $cgroup/cgroup.controllers ] ||
  $bb sed 's/[^ ][^ ]*/+&/g' $cgroup/student/cgroup.controllers > $cgroup/student/cgroup.subtree_control

exec /opt/drydock/bin/supervise /opt/drydock/bin/no-names /opt/drydock/start-containerd /opt/drydock/start-dockerd
