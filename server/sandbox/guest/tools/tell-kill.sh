#!/opt/drydock/bin/busybox sh
# tell-kill CONTAINER SINCE UNTIL: tells containerd, and through it the engine, that the kernel killed in a container for want of
# memory, if it did, unless the engine had such an event between these times, which are seconds since the epoch.
exec > /dev/null 2>&1 < /dev/null
bb=/opt/drydock/bin/busybox
$bb grep -qs '^oom_kill [1-9]' "/sys/fs/cgroup/memory/student/$1/memory.oom_control" "/sys/fs/cgroup/student/$1/memory.events" || exit 1
filters="%7B%22container%22:%5B%22$1%22%5D,%22event%22:%5B%22oom%22%5D%7D"
answer=$($bb printf 'GET /events?since=%s&until=%s&filters=%s HTTP/1.0\r\nHost: engine\r\n\r\n' "$2" "$3" "$filters" |
  $bb timeout 1 /opt/drydock/bin/dial /run/docker.sock 500)
case $answer in
  *' 200 '*'"oom"'*) exit ;;
  *' 200 '*) ;;
  *) exit 1 ;;
esac
# google.protobuf.Any of containerd.events.TaskOOM { container_id }
$bb printf '\012\031containerd.events.TaskOOM\022\102\012\100%s' "$1" |
  $bb timeout 1 /usr/bin/containerd --address /run/drydock/containerd.sock publish --topic /tasks/oom --namespace moby
