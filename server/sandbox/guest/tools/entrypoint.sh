#!/opt/drydock/bin/busybox sh
# entrypoint MOTD LIMIT...: the sandbox's first program, on the image's own root. Makes the disk at /data the root, so that
# everything written lands there, and goes on as `rooted` in it. Any failure ends the start.
set -eu
bb=/opt/drydock/bin/busybox
new=/data/new

$bb mkdir -p /data/upper /data/work /data/docker $new
$bb mount -t overlay overlay -o lowerdir=/,upperdir=/data/upper,workdir=/data/work,userxattr $new
$bb mkdir -p $new/var/lib/docker $new/.old
for mount in /proc /sys /dev /opt/drydock; do
  $bb mount --rbind $mount $new$mount
done
# The sandbox in which a store is made has none.
[ ! -d /opt/golden/docker ] || $bb mount --rbind /opt/golden $new/opt/golden
# Fresh at each start: no stale sockets, process ids or state.
$bb mount -t tmpfs -o size=16m,mode=755,nodev,nosuid run $new/run
$bb mount --bind /data/docker $new/var/lib/docker

# Docker's hosts, hostname and resolv.conf are files on the host's disk, outside any quota: they stay behind in the old root.
exec 3< /data # where the go-ahead comes from
cd $new
$bb pivot_root . .old
exec /opt/drydock/rooted "$@"
