# The host helper: the few things that need real root on the host, as one fixed program with subcommands.
# It runs by exec in the helper container, inside the mount namespace of the host engine. Arguments: HOST_DIR INSTALLATION.
#
# Reads requests `ID VERB ARG...`, one a line, and answers each with lines `ID + BASE64` (its output) and one `ID = CODE`.
# Requests run side by side. Ends with standard input. Every argument is checked against a pattern before it is used.
#
#   HOST_DIR/shared/NAME.image      a golden store or a tools file, mounted at HOST_DIR/shared/NAME
#   HOST_DIR/INSTALLATION/SANDBOX/  disk (sparse ext4), root (its mount point), store and tools (what it was made over),
#                                   mounts (the mounts of its start: device, root, point), start (when that was, in
#                                   nanoseconds, and how many processes the kernel had ended for want of memory),
#                                   hostname and motd (of one that was started ahead and claimed), container (its latest)
#   HOST_DIR/INSTALLATION/checkpoints/NAME/  disk, store; NAME.new while it is made
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

# Arguments come from outside: each is checked against a pattern before it is used.

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
    hostname) [ "${#2}" -le 40 ] && case $2 in '' | *[!a-z0-9-]*) return 1 ;; esac ;;
    installation) case $2 in '' | *[!a-z0-9-]*) return 1 ;; esac ;;
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
