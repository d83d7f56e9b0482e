# What sandboxes use, in one look at all of them.

# verb_usage: of every container of the machine `CONTAINER MEMORY CPU WEIGHT`: bytes without the page cache that can be dropped
# at once, nanoseconds since its start, and what it weighs against others: shares on v1, the weight of v2. Which of them are sandboxes is not known here; containers in containers are not told.
verb_usage() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then tree=/sys/fs/cgroup; else tree=/sys/fs/cgroup/memory; fi
  find $tree -maxdepth 5 -type d -regextype posix-extended -regex '.*[/-][0-9a-f]{64}(\.scope)?' -prune | awk '
    function field(file, name,   words, found) {
      found = 0
      while ((getline line < file) > 0) {
        split(line, words, " ")
        if (words[1] == name) found = words[2]
        if (name == "") found = words[1]
      }
      close(file)
      return found
    }
    {
      match($0, /[0-9a-f]+(\.scope)?$/)
      container = substr($0, RSTART, 64)
      cpu = $0
      sub("/sys/fs/cgroup/memory/", "/sys/fs/cgroup/cpuacct/", cpu)
      if (cpu != $0) {
        memory = field($0 "/memory.usage_in_bytes", "") - field($0 "/memory.stat", "total_inactive_file")
        used = field(cpu "/cpuacct.usage", "")
        sub("/cpuacct/", "/cpu/", cpu)
        weight = field(cpu "/cpu.shares", "")
      } else {
        memory = field($0 "/memory.current", "") - field($0 "/memory.stat", "inactive_file")
        used = field($0 "/cpu.stat", "usage_usec") * 1000
        weight = field($0 "/cpu.weight", "")
      }
      printf "%s %.0f %.0f %d\n", container, (memory > 0 ? memory : 0), used, weight
    }'
}

# verb_weigh CONTAINER SHARES: what a container weighs against others until it starts again.
verb_weigh() {
  need container "$1"; need number "$2"
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    tree=/sys/fs/cgroup file=cpu.weight value=$((1 + ($2 - 2) * 9999 / 262142)) # as runc converts them
  else
    tree=/sys/fs/cgroup/cpu file=cpu.shares value=$2
  fi
  group=$(find "$tree/" -maxdepth 5 -type d -name "*$1*" -prune | head -n 1)
  [ -n "$group" ] || fail 4 'the sandbox does not run'
  echo "$value" > "$group/$file"
}
