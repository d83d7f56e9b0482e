# The container's own cgroup tree, writable, so that sandboxes lie below the container and end with it.

cgroup_tree() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then cgroup_v2 /sys/fs/cgroup; else cgroup_v1 /sys/fs/cgroup; fi
}

# No process may be in a group that hands controllers on: all go to a leaf, also those that come in meanwhile.
cgroup_v2() { # cgroup_v2 ROOT
  mount -o remount,rw,bind "$1" 2> /dev/null || mount -o remount,rw "$1"
  mkdir -p "$1/init"
  local tries=0
  until sed 's/[^ ][^ ]*/+&/g' "$1/cgroup.controllers" 2> /dev/null > "$1/cgroup.subtree_control"; do
    while read -r pid; do echo "$pid" > "$1/init/cgroup.procs" || :; done < "$1/cgroup.procs" 2> /dev/null
    tries=$((tries + 1))
    [ $tries -lt 200 ] || { echo 'cgroup v2: the controllers cannot be enabled' >&2; return 1; }
    [ $tries -lt 3 ] || sleep 0.05
  done
}

# Each hierarchy is mounted anew in the container's cgroup namespace, where its root is the container's own group.
cgroup_v1() { # cgroup_v1 ROOT
  grep -q '^[0-9]*:memory:/$' /proc/self/cgroup || { echo 'cgroup: private is missing' >&2; return 1; }
  umount -R "$1" 2> /dev/null || umount -R -l "$1"
  mount -t tmpfs -o mode=755,size=1m cgroup "$1"
  local controllers directory options single
  while IFS=: read -r _ controllers _; do
    case $controllers in
      '') continue ;;
      name=*) directory=${controllers#name=} options=none,$controllers ;;
      *) directory=$controllers options=$controllers ;;
    esac
    mkdir -p "$1/$directory"
    mount -t cgroup -o "$options" cgroup "$1/$directory"
    case $directory in *,*) for single in ${directory//,/ }; do ln -s "$directory" "$1/$single"; done ;; esac
  done < /proc/self/cgroup
}
