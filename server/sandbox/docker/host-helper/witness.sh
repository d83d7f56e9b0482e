# What is known of a running sandbox without asking anyone inside it.

# The sandbox's cgroup, on v1 in the tree of a controller. The process may be in one below it.
cgroup_of() { # cgroup_of CONTAINER PID CONTROLLER
  while IFS=: read -r number controllers path; do
    if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
      group=/sys/fs/cgroup$path
    else
      group=/sys/fs/cgroup/$controllers$path
      [ "$controllers" = "$3" ] || continue
    fi
    below=${group#*"$1"}
    echo "${group%%"$1"*}$1${below%%/*}"
    return 0
  done < "/proc/$2/cgroup"
}

# How often the kernel has ended a process for want of memory: in the sandbox on v2, on this machine on v1.
memory_kills() { # memory_kills MEMORY_CGROUP
  if [ -e "$1/memory.events" ]; then awk '$1 == "oom_kill" { print $2 }' "$1/memory.events"
  else awk '$1 == "oom_kill" { print $2 }' /proc/vmstat; fi
}

# Most and limit, in bytes, of the containers of the student together and of the whole sandbox.
memory_marks() { # memory_marks MEMORY_CGROUP
  for group in "$1/student" "$1"; do
    if [ -e "$group/memory.max" ]; then cat "$group/memory.peak" "$group/memory.max"
    else cat "$group/memory.max_usage_in_bytes" "$group/memory.limit_in_bytes"; fi
  done 2> /dev/null | tr '\n' ' '
}

# Names in the disk's upper directory with the kind of each, where programs, libraries and their settings are. The
# directories themselves stand there for whatever changed in them; in the image /bin, /sbin, /lib and /lib64 are links.
changed_files() { # changed_files ROOT
  cd "$1/upper"
  timeout 5 find -P . ./usr ./etc ./opt ./var ./usr/local/sbin ./usr/local/bin ./usr/sbin ./usr/bin ./sbin ./bin -maxdepth 1 \
    \( ! -type d -o -path ./bin -o -path ./sbin -o -path ./lib -o -path ./lib64 \) -printf '%y %p\0' || :
  timeout 5 find -P ./etc/ld.so.conf.d ./etc/docker ./etc/containerd ./usr/libexec/docker ./usr/lib/docker \
    ./usr/local/lib/docker ./usr/local/libexec/docker ./lib ./lib64 ./usr/lib ./usr/lib64 -maxdepth 3 ! -type d \
    \( -path '*/docker/*' -o -path './etc/*' -o -name '*.so*' \) -printf '%y %p\0' || :
  cd /
} 2> /dev/null

connections() { # connections PID: inodes of both ends of the unix sockets of its network namespace
  timeout 5 nsenter -t "$1" -n ss -xnH state established | head -n 5000
}

# What is listed may end before it is read, and awk ends at the first file that it cannot open or read: it reads none itself.

# Of each process: as the host numbers it, and the container in whose cgroup it is.
processes() { # processes CGROUP
  timeout 5 find "$1" -name cgroup.procs -exec sh -fuc '
    for file do
      id=- dir=${file%/*}
      while [ -n "$dir" ]; do
        name=${dir##*/} dir=${dir%/*}
        case $name in *[!0-9a-f]*) continue ;; esac
        [ ${#name} != 64 ] || { id=$name; break; }
      done
      while read -r pid; do echo "$pid $id"; done < "$file"
    done' sh {} + 2> /dev/null | head -n 1000
}

# Of each process: as the host numbers it, as the sandbox does, its parent.
numbers() { # numbers /proc/PID...
  grep -shE '^(PPid|NSpid):' $(printf '%s/status ' "$@") | awk '
    $1 == "PPid:" { parent = $2 }
    $1 == "NSpid:" { print $2, $3, parent }'
}

# verb_witness ID CONTAINER PID LIMIT: records that end with NUL, in base64; one that begins with `=` says what the next are.
verb_witness() {
  need id "$1"; need container "$2"; need number "$3"; need number "$4"
  belongs "$3" "$2" || fail 4 'the sandbox does not run'
  witness "$home/$1" "$2" "$3" "$4" | base64 -w 0
}

witness() { # witness DIR CONTAINER PID LIMIT
  memory=$(cgroup_of "$2" "$3" memory)
  printf '=files\0'
  changed_files "$1/root" | head -z -n "$4"
  printf '=start\0'
  cat "$1/mounts"
  printf '\0=mounts\0'
  cut -d ' ' -f 3-5 "/proc/$3/mountinfo" | head -n 5000
  printf '\0=memory\0'
  start=-
  [ ! -e "$1/start" ] || read -r start < "$1/start"
  echo "$start $(memory_kills "$memory") $(memory_marks "$memory")"
  # Before the descriptors are listed: an end that is known here has been taken by a process.
  printf '\0=connections\0'
  connections "$3"
  list=$(processes "$(cgroup_of "$2" "$3" pids)")
  printf '\0=processes\0%s' "$list"
  set --
  for word in $list; do
    case $word in - | ????????????????????*) ;; *) set -- "$@" "/proc/$word" ;; esac
  done
  printf '\0=ids\0'
  numbers "$@"
  printf '\0=links\0'
  timeout 5 find $(printf '%s/exe ' "$@") $(printf '%s/ns/mnt ' "$@") $(printf '%s/fd ' "$@") \
    \( -name exe -o -name mnt -o -lname 'socket:*' \) -printf '%p %l\0' 2> /dev/null | head -z -n 8000
}
