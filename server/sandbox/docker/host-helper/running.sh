# Of a sandbox that runs.

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
  cut -d ' ' -f 3-5 "/proc/$3/mountinfo" | head -n 5000
}

# From inside the process's user namespace, so that no right to kill is needed on the host.
signal_inside() { # signal_inside SIGNAL PID
  nsenter -t "$2" -U kill -s "$1" "$2" 2> /dev/null || kill -s "$1" "$2" 2> /dev/null
}

# verb_kill CONTAINER PID: hangs up on a program of the sandbox, then ends it.
verb_kill() {
  need container "$1"; need number "$2"
  for signal in HUP KILL; do
    belongs "$2" "$1" && signal_inside "$signal" "$2" || return 0
    tries=0
    while belongs "$2" "$1" && [ $tries -lt 25 ]; do
      tries=$((tries + 1))
      sleep 0.02
    done
  done
}

# verb_checkpoint ID NAME RESERVE: prints the copy's size. Who writes meanwhile waits. Between freeze and thaw nothing may end
# this; the name comes when the copy is whole.
verb_checkpoint() {
  need id "$1"; need checkpoint "$2"; need number "$3"
  dir=$home/$1 whole=$home/checkpoints/$2 copy=$home/checkpoints/$2.new
  [ -e "$dir/disk" ] || fail 4 'no such disk'
  [ ! -e "$whole" ] || fail $code_exists 'there is such a checkpoint'
  room_for_disk "$(($3 + $(stat -c '%b * %B' "$dir/disk")))"
  exec 8> "$dir/lock"
  flock 8
  mkdir -m 0700 "$copy"
  trap '' HUP INT TERM PIPE
  set +e
  fsfreeze -f "$dir/root" && cp --sparse=always "$dir/disk" "$copy/disk" && cp "$dir/store" "$copy/"
  code=$?
  fsfreeze -u "$dir/root" || code=$?
  [ $code != 0 ] || mv "$copy" "$whole" || code=$?
  [ $code = 0 ] || rm -rf "$copy"
  [ $code != 0 ] || bytes_of_checkpoint "$whole"
  return $code
}

bytes_of_checkpoint() { echo $(($(stat -c '%b * %B' "$1/disk"))); }

verb_list_checkpoints() {
  set +f
  for copy in "$home"/checkpoints/*/; do
    copy=${copy%/} name=${copy##*/}
    ! is checkpoint "$name" || echo "$name $(bytes_of_checkpoint "$copy")"
  done
}

verb_drop_checkpoint() {
  need checkpoint "$1"
  rm -rf "${home:?}/checkpoints/$1"
}

# Thaws what a cut-short checkpoint left frozen, and removes its half copy. One that is under way holds the disk's lock.
verb_thaw() {
  for id in $(verb_list_disks); do
    exec 8> "$home/$id/lock"
    flock 8
    ! mounted "$home/$id/root" || fsfreeze -u "$home/$id/root" 2> /dev/null || :
    set +f
    rm -rf "${home:?}/checkpoints/$id"-*.new
    set -f
  done
  exec 8>&-
  set +f
  for copy in "$home"/checkpoints/*.new; do
    name=${copy##*/}
    [ -e "$home/${name%%-*}/disk" ] || rm -rf "$copy"
  done
}
