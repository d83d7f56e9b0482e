#!/bin/bash
# One sandbox from nothing to an answering engine with bare commands on the host: what a start costs before Drydock adds
# anything. Environment: NAME DISK ROOT OWNER IMAGE STORE TOOLS SECCOMP CAPS LIMITS; DOCKER_HOST names the engine.
set -euo pipefail

truncate -s 4G "$DISK"
mkfs.ext4 -q -F -m 0 -E "lazy_itable_init=1,lazy_journal_init=1,root_owner=$OWNER,nodiscard" "$DISK"
mkdir -p "$ROOT"
mount -o loop,nodev,noatime,discard,noinit_itable "$DISK" "$ROOT"
rmdir "$ROOT/lost+found"
mkfifo "$ROOT/go"
chown "$OWNER" "$ROOT/go"

docker run -d --name "$NAME" --hostname harbour -w / --network none --cgroupns private --restart no \
  --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt systempaths=unconfined --security-opt "seccomp=$SECCOMP" \
  --memory 1g --memory-swap 1g --pids-limit 500 --cpu-shares 128 --cpus "$(nproc)" --shm-size 64m --oom-score-adj 500 \
  --ulimit nofile=20000:20000 --ulimit core=0:0 --ulimit sigpending=256:256 --ulimit msgqueue=163840:163840 \
  --ulimit memlock=8388608:8388608 --log-driver local --log-opt max-size=1m --log-opt max-file=2 \
  -v "$ROOT:/data" -v "$STORE:/opt/golden:ro" -v "$TOOLS:/opt/drydock:ro" \
  --entrypoint /opt/drydock/entrypoint "$IMAGE" floor $LIMITS > /dev/null
pid=$(docker inspect -f '{{.State.Pid}}' "$NAME")

if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  group=/sys/fs/cgroup$(cut -d: -f3 "/proc/$pid/cgroup")
  chown "$OWNER" "$group" "$group"/cgroup.{procs,subtree_control,threads}
else
  while IFS=: read -r _ controllers path; do
    group=/sys/fs/cgroup/${controllers#name=}$path
    [ -z "$controllers" ] || chown "$OWNER" "$group" "$group/tasks" "$group/cgroup.procs"
  done < "/proc/$pid/cgroup"
fi
nsenter -t "$pid" -U sh -c 'for cap; do echo "${cap#*=}" > "/proc/sys/user/max_${cap%%=*}"; done' sh $CAPS
echo go > "$ROOT/go"

until docker exec "$NAME" curl -sf --max-time 2 --unix-socket /run/docker.sock http://engine/_ping > /dev/null 2>&1; do
  sleep 0.05
done
