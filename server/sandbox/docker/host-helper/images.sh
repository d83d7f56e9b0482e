# Stores and tools: read-only files, mounted once for all installations.

# verb_kernel: which start of which kernel this is.
verb_kernel() {
  cat /proc/sys/kernel/random/boot_id
}

# verb_format: which read-only file system this kernel has. Asking to mount one of a kind makes the kernel load it.
verb_format() {
  case $(LC_ALL=C mount -t erofs none "$shared" 2>&1) in
    *'unknown filesystem type'*) echo squashfs ;;
    *) echo erofs ;;
  esac
}

setup() {
  # Mounts are bound into sandboxes by a root who is nobody here: he must get through each directory.
  umask 066
  mkdir -p "$host_dir" "$home" "$shared" "$home/checkpoints"
  umask 077
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
  [ -e "$shared/$1.image" ] || fail 3 "$1 is not there"
  mounted "$shared/$1" && return
  mkdir -p -m 0755 "$shared/$1"
  mount -o loop,ro,nodev,noatime "$shared/$1.image" "$shared/$1"
}

# verb_open_image NAME: mounts it where it is there, and notes that this installation uses it.
verb_open_image() {
  need image "${1-}"
  lock_images
  mount_image "$1"
  touch "$shared/$1.image" # says when it was last asked for
  echo "$1" > "$home/${1%-*}"
}

# The packed file gets its name only when it is whole; when two make it at once, either will do.
verb_publish_image() {
  need image "${1-}"
  need id "${2-}"
  sync -f "$shared/$1.$2.new"
  mv -f "$shared/$1.$2.new" "$shared/$1.image"
}

# Removes what nobody asked for in a day, no installation uses, and no disk and no checkpoint was made over.
verb_prune_images() {
  set +f
  lock_images
  find "$shared" -maxdepth 1 -name '*.new' -mmin +1440 -delete
  find "$shared" -maxdepth 1 -name '*.image' -mmin +1440 | while read -r file; do
    name=${file##*/} name=${name%.image}
    ! grep -qxsF "$name" "$host_dir"/*/store "$host_dir"/*/*/store "$host_dir"/*/checkpoints/*/store \
      "$host_dir"/*/tools "$host_dir"/*/*/tools || continue
    ! mounted "$shared/$name" || umount "$shared/$name" || continue
    rmdir "$shared/$name"
    rm -f "$file"
    echo "$name"
  done
}
