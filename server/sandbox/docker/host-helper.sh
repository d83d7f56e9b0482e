# The host helper: the few things that need real root on the host, as one fixed program with subcommands.
# It runs by exec in the helper container, inside the mount namespace of the host engine. Arguments: HOST_DIR INSTALLATION.
#
# Reads requests `ID VERB ARG...`, one a line, and answers each with lines `ID + BASE64` (its output) and one `ID = CODE`.
# Requests run side by side. Ends with standard input. Every argument is checked against a pattern before it is used.
#
#   HOST_DIR/shared/NAME.erofs      a golden store or a tools file, mounted at HOST_DIR/shared/NAME
#   HOST_DIR/INSTALLATION/SANDBOX/  disk (sparse ext4), root (its mount point), store and tools (what it was made over),
#                                   mounts (the mount points of its start)
#   HOST_DIR/INSTALLATION/checkpoints/NAME/  disk, store
#   HOST_DIR/INSTALLATION/{store,tools}      what the installation uses now
set -fu
umask 077
host_dir=$1 home=$1/$2 shared=$1/shared
code_exists=17
code_disk_full=28

fail() {
  echo "$2"
  exit "$1"
}

# --- patterns ---

hex() { # hex LENGTH VALUE
  [ "${#2}" = "$1" ] || return 1
  case $2 in *[!0-9a-f]*) return 1 ;; esac
}

digits() { # digits MOST VALUE
  [ -n "$2" ] && [ "${#2}" -le "$1" ] || return 1
  case $2 in *[!0-9]*) return 1 ;; esac
}

is() { # is KIND VALUE
  case $1 in
    id) hex 16 "$2" ;;
    container) hex 64 "$2" ;;
    number) digits 15 "$2" ;;
    owner) digits 10 "${2%%:*}" && digits 10 "${2#*:}" ;;
    image) case $2 in store-* | tools-*) hex 16 "${2#*-}" ;; *) return 1 ;; esac ;;
    checkpoint) hex 16 "${2%-*}" && hex 8 "${2##*-}" ;;
    cap)
      case ${2%%=*} in '' | *[!a-z_]*) return 1 ;; esac
      digits 9 "${2#*=}"
      ;;
  esac
}

need() { # need KIND VALUE: ends the request when the value is not of that kind
  is "$1" "${2-}" || fail 2 "not a valid $1"
}

mounted() { grep -q " $1 " /proc/self/mountinfo; }

belongs() { # belongs PID CONTAINER: a process id may have been used again
  grep -qF "$2" "/proc/$1/cgroup" 2> /dev/null
}

# --- stores and tools: read-only files, mounted once for all installations ---

setup() {
  mkdir -p -m 0711 "$host_dir" "$home" "$shared" "$home/checkpoints"
}

# An installation that has neither disks nor checkpoints leaves no trace but what all share.
verb_leave() {
  [ -z "$(verb_list_disks)" ] && rmdir "$home/checkpoints" 2> /dev/null || return 0
  rm -f "$home/store" "$home/tools"
  rmdir "$home"
}

# Mounting and removing exclude one another, also between installations. Held until the request ends.
lock_images() {
  exec 9> "$shared/lock"
  flock 9
}

mount_image() { # mount_image NAME
  [ -e "$shared/$1.erofs" ] || fail 3 "$1 is not there"
  mounted "$shared/$1" && return
  mkdir -p -m 0755 "$shared/$1"
  mount -t erofs -o loop,ro,nodev,noatime "$shared/$1.erofs" "$shared/$1"
}

# verb_open_image NAME: mounts it where it is there, and notes that this installation uses it.
verb_open_image() {
  need image "${1-}"
  lock_images
  mount_image "$1"
  touch "$shared/$1.erofs" # says when it was last asked for
  echo "$1" > "$home/${1%-*}"
}

# The packed file gets its name only when it is whole; when two make it at once, either will do.
verb_publish_image() {
  need image "${1-}"
  need id "${2-}"
  sync -f "$shared/$1.$2.new"
  mv -f "$shared/$1.$2.new" "$shared/$1.erofs"
}

# Removes what nobody asked for in a day, no installation uses, and no disk and no checkpoint was made over.
verb_prune_images() {
  set +f
  lock_images
  find "$shared" -maxdepth 1 -name '*.new' -mmin +1440 -delete
  find "$shared" -maxdepth 1 -name '*.erofs' -mmin +1440 | while read -r file; do
    name=${file##*/} name=${name%.erofs}
    ! grep -qxsF "$name" "$host_dir"/*/store "$host_dir"/*/*/store "$host_dir"/*/checkpoints/*/store \
      "$host_dir"/*/tools "$host_dir"/*/*/tools || continue
    ! mounted "$shared/$name" || umount "$shared/$name" || continue
    rmdir "$shared/$name"
    rm -f "$file"
    echo "$name"
  done
}

# --- disks ---

mount_disk() { # mount_disk DIR
  mounted "$1/root" || mount -o loop,nodev,noatime,discard,noinit_itable "$1/disk" "$1/root"
  # After the mount: a loop device set up beforehand would not free itself.
  loop=$(findmnt -nro SOURCE "$1/root")
  losetup --direct-io=on "$loop" 2> /dev/null || :
}

room_for_disk() { # room_for_disk RESERVE
  free=$(($(stat -f -c '%a * %S' "$host_dir")))
  [ "$free" -ge "$1" ] || fail $code_disk_full "$((free >> 20)) MiB are free, $(($1 >> 20)) MiB are kept in reserve"
}

mount_made_over() { # mount_made_over DIR: the store and the tools of this disk, gone after the machine's restart
  lock_images
  for name in $(cat "$1/store" "$1/tools"); do
    [ "$name" = - ] || mount_image "$name"
  done
}

# verb_make_disk ID OWNER BYTES RESERVE STORE|- TOOLS
verb_make_disk() {
  need id "$1"; need owner "$2"; need number "$3"; need number "$4"; need image "$6"
  [ "$5" = - ] || need image "$5"
  begin_disk "$1" "$4"
  truncate -s "$3" "$dir/disk"
  mkfs.ext4 -q -F -m 0 -E "lazy_itable_init=1,lazy_journal_init=1,root_owner=$2,nodiscard" "$dir/disk"
  echo "$5" > "$dir/store"
  echo "$6" > "$dir/tools"
  mount_disk "$dir"
  rmdir "$dir/root/lost+found"
  make_gate "$dir" "$2"
}

# verb_copy_disk ID OWNER RESERVE CHECKPOINT TOOLS: prints the store that the checkpoint was made over.
verb_copy_disk() {
  need id "$1"; need owner "$2"; need number "$3"; need checkpoint "$4"; need image "$5"
  from=$home/checkpoints/$4
  [ -e "$from/disk" ] || fail 3 'no such checkpoint'
  begin_disk "$1" "$3"
  cp --sparse=always "$from/disk" "$dir/disk"
  cp "$from/store" "$dir/store"
  echo "$5" > "$dir/tools"
  mount_made_over "$dir"
  mount_disk "$dir"
  make_gate "$dir" "$2"
  cat "$dir/store"
}

# From here on the request leaves nothing when it fails.
begin_disk() { # begin_disk ID RESERVE
  dir=$home/$1
  [ ! -e "$dir" ] || fail $code_exists 'there is such a disk'
  room_for_disk "$2"
  mkdir -m 0711 "$dir" "$dir/root"
  trap 'code=$?; [ $code = 0 ] || drop_disk "$dir"; exit $code' EXIT
}

# The pipe through which the sandbox's first process gets its go-ahead, a new one for each start.
make_gate() { # make_gate DIR OWNER
  rm -f "$1/root/go"
  mkfifo -m 0600 "$1/root/go"
  chown "$2" "$1/root/go"
}

# verb_open_disk ID OWNER: for a start on the disk that is there.
verb_open_disk() {
  need id "$1"; need owner "$2"
  [ -e "$home/$1/disk" ] || fail 3 'no such disk'
  mount_made_over "$home/$1"
  mount_disk "$home/$1"
  make_gate "$home/$1" "$2"
}

drop_disk() { # drop_disk DIR
  while mounted "$1/root"; do
    fsfreeze -u "$1/root" 2> /dev/null || :
    umount "$1/root" || umount -l "$1/root"
  done
  rm -rf --one-file-system "$1"
}

verb_drop_disk() {
  need id "$1"
  drop_disk "$home/$1"
}

verb_room() { # bytes used and bytes there on a sandbox's disk
  need id "$1"
  stat -f -c '%b %f %S' "$home/$1/root"
}

verb_list_disks() {
  set +f
  for dir in "$home"/*/; do
    dir=${dir%/}
    ! is id "${dir##*/}" || echo "${dir##*/}"
  done
}

# --- a sandbox's start ---

# The sandbox's root must hold what its entrypoint put there and nothing of the root before.
strangers='
  { point = $5; type = ""; for (i = 7; i < NF; i++) if ($i == "-") type = $(i + 1) }
  point == "/" && type == "overlay" { next }
  point == "/run" && type == "tmpfs" { next }
  point == "/var/lib/docker" && type == "ext4" { next }
  (point == "/opt/golden" || point == "/opt/drydock") && type == "erofs" { next }
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
  nsenter -t "$pid" -U sh -euc 'for cap; do echo "${cap#*=}" > "/proc/sys/user/max_${cap%%=*}"; done' sh "$@"
  # Opening waits until the first process is in its own root and reads; should it end before, so does the waiting.
  timeout 15 sh -euc '
    { while [ -d "/proc/$2" ]; do sleep 0.1; done; kill $$; } > /dev/null 2>&1 &
    watcher=$!
    exec 3> "$1/root/go"
    kill $watcher
    awk "$3" "/proc/$2/mountinfo" || { echo "the old root is still there"; exit 5; }
    cut -d " " -f 5 "/proc/$2/mountinfo" > "$1/mounts"
    echo go >&3' sh "$dir" "$pid" "$strangers" || fail 4 "the sandbox did not take its go-ahead"
}

# --- a sandbox that runs ---

# verb_changes ID CONTAINER PID LIMIT: names in the upper directory, then `=`, the mounts of the start, `=`, those of now.
# System directories come first, so that a flood elsewhere cannot push them out. Names are bytes: base64.
verb_changes() {
  need id "$1"; need container "$2"; need number "$3"; need number "$4"
  belongs "$3" "$2" || fail 4 'the sandbox does not run'
  cd "$home/$1/root/upper"
  {
    timeout 20 find -P ./usr ./bin ./sbin ./lib ./lib64 ./etc ./opt -print0 2> /dev/null || : # not all are there
    timeout 20 find -P . -mindepth 1 \( -path ./usr -o -path ./bin -o -path ./sbin -o -path ./lib -o -path ./lib64 \
      -o -path ./etc -o -path ./opt \) -prune -o -print0
  } | head -z -n "$4" | base64 -w 0
  echo
  echo =
  cat "$home/$1/mounts"
  echo =
  cut -d ' ' -f 5 "/proc/$3/mountinfo" | head -n 5000
}

# verb_kill CONTAINER PID: hangs up on a program of the sandbox, then ends it.
verb_kill() {
  need container "$1"; need number "$2"
  # From inside the sandbox's user namespace: no right to kill is needed on the host.
  for signal in HUP KILL; do
    belongs "$2" "$1" && nsenter -t "$2" -U kill -s "$signal" "$2" 2> /dev/null || return 0
    tries=0
    while belongs "$2" "$1" && [ $tries -lt 25 ]; do
      tries=$((tries + 1))
      sleep 0.02
    done
  done
}

# verb_checkpoint ID NAME RESERVE: the caller has paused the sandbox. Between freeze and thaw nothing may end this.
verb_checkpoint() {
  need id "$1"; need checkpoint "$2"; need number "$3"
  dir=$home/$1 copy=$home/checkpoints/$2
  room_for_disk "$(($3 + $(stat -c '%b * %B' "$dir/disk")))"
  mkdir -m 0700 "$copy"
  trap '' HUP INT TERM PIPE
  set +e
  fsfreeze -f "$dir/root" && cp --sparse=always "$dir/disk" "$copy/disk" && cp "$dir/store" "$copy/"
  code=$?
  fsfreeze -u "$dir/root" || code=$?
  [ $code = 0 ] || rm -rf "$copy"
  return $code
}

verb_drop_checkpoint() {
  need checkpoint "$1"
  rm -rf "${home:?}/checkpoints/$1"
}

# Thaws what a cut-short checkpoint left frozen, and removes its half copy.
verb_thaw() {
  for id in $(verb_list_disks); do
    ! mounted "$home/$id/root" || fsfreeze -u "$home/$id/root" 2> /dev/null || :
  done
}

# --- what is left over ---

# Mount points and loop devices of this installation, and the sandbox ids in their paths: `mount ID PATH`, `loop ID DEVICE`.
verb_leftovers() {
  awk -v home="$home/" 'index($5, home) == 1 { split(substr($5, length(home) + 1), p, "/"); print "mount", p[1], $5 }' \
    /proc/self/mountinfo
  losetup -nlO NAME,BACK-FILE | awk -v home="$home/" \
    'index($2, home) == 1 { split(substr($2, length(home) + 1), p, "/"); print "loop", p[1], $1 }'
}

verb_drop_loop() {
  case $1 in /dev/loop[0-9]*) ;; *) fail 2 'not a valid loop device' ;; esac
  losetup -nO BACK-FILE "$1" | grep -q "^ *$home/" || fail 2 'not ours'
  losetup -d "$1"
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
      [ "$pid" = 0 ] || nsenter -t "$pid" -U kill -s KILL "$pid" 2> /dev/null || :
    done < "$group/cgroup.procs"
    tries=0
    until rmdir "$group" 2> /dev/null || [ ! -d "$group" ] || [ $tries = 50 ]; do
      tries=$((tries + 1))
      sleep 0.02
    done
    echo "$group"
  done
}

# --- the line protocol ---

handle() { # handle REQUEST VERB ARG...
  request=$1
  shift
  output=$( (set -e; "verb_$@") 2>&1)
  code=$?
  # Lines are shorter than a pipe's atomic write, so that answers of requests side by side do not mix.
  [ -z "$output" ] || printf '%s' "$output" | base64 -w 960 | sed -u "s/^/$request + /"
  echo "$request = $code"
}

setup && echo 'ready'
while read -r line; do
  case $line in *[!a-zA-Z0-9:=_/\ -]*) continue ;; esac # no caller of ours writes such a line
  set -- $line
  case ${2-} in
    leave | open_image | publish_image | prune_images | make_disk | copy_disk | open_disk | drop_disk | room | list_disks | go | changes | kill | \
      checkpoint | drop_checkpoint | thaw | leftovers | drop_loop | scrub) (handle "$@" &) ;;
    *) echo "${1-} = 2" ;;
  esac
done
