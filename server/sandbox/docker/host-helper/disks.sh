# Disks.

mount_disk() { # mount_disk DIR
  if ! mounted "$1/root"; then
    mount -o loop,nodev,noatime,discard,noinit_itable "$1/disk" "$1/root"
    # One that was frozen for a checkpoint when the engine's mounts ended has lived on, frozen, and is mounted again here.
    fsfreeze -u "$1/root" 2> /dev/null || :
  fi
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

# verb_copy_disk ID OWNER RESERVE CHECKPOINT TOOLS INSTALLATION: prints the store that the checkpoint was made over.
verb_copy_disk() {
  need id "$1"; need owner "$2"; need number "$3"; need checkpoint "$4"; need image "$5"; need installation "$6"
  from=$host_dir/$6/checkpoints/$4
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

# verb_fullness: of every disk that is mounted `ID BLOCKS FREE INODES FREE`.
verb_fullness() {
  roots=$(awk -v home="$home/" 'index($5, home) == 1 && $5 ~ /\/root$/ { print $5 }' /proc/self/mountinfo)
  [ -z "$roots" ] || stat -f -c '%n %b %f %c %d' $roots | sed "s|^$home/||; s|/root | |"
}

verb_machine() { # bytes of memory and of the disks' file system that are left on the machine
  echo "$(awk '$1 == "MemAvailable:" { print $2 * 1024 }' /proc/meminfo) $(($(stat -f -c '%a * %S' "$host_dir")))"
}

verb_list_disks() {
  set +f
  for dir in "$home"/*/; do
    dir=${dir%/}
    ! is id "${dir##*/}" || echo "${dir##*/}"
  done
}
