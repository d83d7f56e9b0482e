#!/bin/bash
# The engine container: the machine's numbers, its own cgroups, loop devices, then a dockerd that is started again whenever it ends.
set -eu
lib=$(dirname "$0") data=/var/lib/drydock run=/run/drydock
socket=$run/docker.sock
# Whoever is in this group may use the socket; the server is.
socket_group=10001
# As many sandboxes can have a disk; each takes one.
loop_devices=512
stop_within=40
. "$lib/cgroups.sh"

# Raises what is too low for a class, as `npm start` does; all of it holds until the machine's next boot.
kernel_settings() {
  local name bound value file now
  while read -r name bound value; do
    file=/proc/sys/${name//.//}
    [ -e "$file" ] || continue
    now=$(cat "$file")
    case $bound in
      least) [ "$now" -lt "$value" ] || continue ;;
      most) [ "$now" -gt "$value" ] || continue ;;
    esac
    if echo "$value" 2> /dev/null > "$file"; then echo "kernel: $name $now -> $value"
    else echo "kernel: $name stays $now, $value is wanted"; fi
  done < /etc/drydock/kernel-settings
}

loop_nodes() {
  [ -e /dev/loop-control ] || mknod -m 600 /dev/loop-control c 10 237
  local number
  for ((number = 0; number < loop_devices; number++)); do
    [ -e "/dev/loop$number" ] || mknod -m 600 "/dev/loop$number" b 7 "$number"
  done
}

# Loop devices that outlived an earlier engine container, by the inode of their file. One whose disk was frozen for a checkpoint
# when that ended holds it until it is thawed.
sweep_loops() {
  mkdir -p /tmp/frozen
  find "$data/sandboxes" \( -name disk -o -name '*.image' \) -type f 2> /dev/null | while read -r file; do
    losetup -nO NAME -j "$file" | while read -r loop; do
      if mount "$loop" /tmp/frozen; then
        fsfreeze -u /tmp/frozen 2> /dev/null || :
        umount /tmp/frozen
      fi
      losetup -d "$loop" 2> /dev/null || :
      echo "loop: $loop of $file freed"
    done
  done
}

# A frozen disk would outlive this container, and keep what writes to it from ending.
thaw() {
  local root
  for root in "$data"/sandboxes/*/*/root; do fsfreeze -u "$root" 2> /dev/null || :; done
}

# Sandboxes end politely, so that what a student's engine knows is on its disk.
stop() {
  stopping=1
  local running
  thaw
  running=$(timeout 5 docker -H "unix://$socket" ps -q) || running=
  [ -z "$running" ] || timeout $stop_within docker -H "unix://$socket" stop -t 10 $running > /dev/null 2>&1 || :
  thaw
  [ -z "$child" ] || kill -TERM "$child" 2> /dev/null || :
}

child='' stopping=''
trap stop TERM INT
kernel_settings
cgroup_tree
loop_nodes
mkdir -p "$data/engine" "$data/sandboxes"
sweep_loops
rm -rf /run/docker /run/docker.pid /run/containerd
while [ -z "$stopping" ]; do
  # It does not start over its own stale files or its containerd's.
  rm -f /run/docker.pid /run/docker/containerd/containerd.pid "$socket"
  dockerd -H "unix://$socket" -G $socket_group --data-root "$data/engine" --userns-remap=default --live-restore \
    --userland-proxy=false --log-level=warn --cgroup-parent=/drydock &
  child=$!
  code=0
  wait "$child" || code=$?
  if [ -n "$stopping" ]; then
    wait "$child" 2> /dev/null || :
    break
  fi
  echo "dockerd ended ($code) and is started again" >&2
  sleep 0.5
done
