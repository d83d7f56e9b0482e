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

# verb_go ID CONTAINER PID OWNER CGROUPS CAP...: cgroups, caps, and last the go-ahead.
verb_go() {
  need id "$1"; need container "$2"; need number "$3"; need owner "$4"; need number "$5"
  dir=$home/$1 container=$2 pid=$3 owner=$4 cgroups=$5
  shift 5
  for cap; do need cap "$cap"; done
  belongs "$pid" "$container" || fail 4 'the sandbox ended at once'
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
    echo go >&3' sh "$dir" "$pid" "$strangers" "$(memory_kills "$(cgroup_of "$container" "$pid" memory)")" || fail 4 "the sandbox did not take its go-ahead"
}
