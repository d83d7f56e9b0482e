# A sandbox's start: cgroups, caps, and the go-ahead.

# The sandbox's root must hold what its entrypoint put there and nothing of the root before.
strangers='
  { point = $5; type = ""; for (i = 7; i < NF; i++) if ($i == "-") type = $(i + 1) }
  point == "/" && type == "overlay" { next }
  point == "/run" && type == "tmpfs" { next }
  point == "/var/lib/docker" && type == "ext4" { next }
  (point == "/opt/golden" || point == "/opt/drydock") && type ~ /^(erofs|squashfs)$/ { next }
  point ~ /^\/dev\/(null|zero|full|random|urandom|tty)$/ && type ~ /^(dev)?tmpfs$/ { next }
  point ~ /^\/(proc|sys|dev)(\/|$)/ && type ~ /^(proc|sysfs|tmpfs|devpts|mqueue|cgroup2?)$/ { next }
  { print point, type; found = 1 }
  END { exit found }
'

# Only directories and the files by which processes move; every limit stays root's.
hand_over_cgroups() { # hand_over_cgroups PID CONTAINER OWNER CGROUPS
  paths=
  while IFS=: read -r number controllers path; do
    if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
      group=/sys/fs/cgroup${path%/init} files='cgroup.procs cgroup.subtree_control cgroup.threads'
    else
      group=/sys/fs/cgroup/${controllers#name=}$path files='cgroup.procs tasks'
      [ -n "$controllers" ] || continue
    fi
    case $group in *"$2"*) ;; *) continue ;; esac
    [ -d "$group" ] || continue
    [ ! -e "$group/cgroup.max.descendants" ] || echo "$4" > "$group/cgroup.max.descendants"
    paths="$paths $group"
    for file in $files; do paths="$paths $group/$file"; done
  done < "/proc/$1/cgroup"
  chown "$3" $paths
}

# `sh -euc "$naming" sh DIR PID`: gives the machine what a claim has set, from inside its namespaces and as its own root, so that
# no link which a student made leads out of there.
naming='
  [ -e "$1/hostname" ] || exit 0
  user=-U
  [ "$(readlink /proc/self/ns/user)" != "$(readlink "/proc/$2/ns/user")" ] || user=
  timeout 10 nsenter -t "$2" $user -u -m /opt/drydock/bin/busybox sh -euc "
    bb=/opt/drydock/bin/busybox
    \$bb hostname \"\$1\"
    printf \"127.0.0.1 localhost\\n127.0.1.1 %s\\n\" \"\$1\" > /etc/hosts
    echo \"\$1\" > /etc/hostname
    \$bb cat > /etc/motd" sh "$(cat "$1/hostname")" < "$1/motd"
'

# verb_claim ID CONTAINER PID HOSTNAME WORD...: gives a sandbox that was started ahead its host name and message of the day (base64
# with - and _, in words), now and at every later start.
verb_claim() {
  need id "$1"; need container "$2"; need number "$3"; need hostname "$4"
  dir=$home/$1 container=$2 pid=$3 name=$4
  shift 4
  [ -d "$dir" ] && belongs "$pid" "$container" || fail 4 'the sandbox does not run'
  printf '%s' "$@" | tr '_-' '/+' | base64 -d > "$dir/motd"
  echo "$name" > "$dir/hostname"
  sh -euc "$naming" sh "$dir" "$pid"
}

# verb_go ID CONTAINER PID OWNER CGROUPS CAP...: cgroups, caps, and last the go-ahead.
verb_go() {
  need id "$1"; need container "$2"; need number "$3"; need owner "$4"; need number "$5"
  dir=$home/$1 container=$2 pid=$3 owner=$4 cgroups=$5
  shift 5
  for cap; do need cap "$cap"; done
  belongs "$pid" "$container" || fail 4 'the sandbox ended at once'
  echo "$container" > "$dir/container"
  hand_over_cgroups "$pid" "$container" "$owner" "$cgroups"
  [ $# = 0 ] || nsenter -t "$pid" -U sh -euc 'for cap; do echo "${cap#*=}" > "/proc/sys/user/max_${cap%%=*}"; done' sh "$@"
  # Opening waits until the first process is in its own root and reads; should it end before, so does the waiting.
  timeout 15 sh -euc '
    { while [ -d "/proc/$2" ]; do sleep 0.1; done; kill $$; } > /dev/null 2>&1 &
    watcher=$!
    exec 3> "$1/root/go"
    kill $watcher
    awk "$3" "/proc/$2/mountinfo" || { echo "the old root is still there"; exit 5; }
    cut -d " " -f 3-5 "/proc/$2/mountinfo" > "$1/mounts"
    echo "$(date +%s%N) $4" > "$1/start"
    sh -euc "$5" sh "$1" "$2" 3>&-
    echo go >&3' sh "$dir" "$pid" "$strangers" "$(memory_kills "$(cgroup_of "$container" "$pid" memory)")" "$naming" || fail 4 "the sandbox did not take its go-ahead"
}
