# What sandboxes use, in one look at all of them.

# verb_usage: of every container of the machine `CONTAINER MEMORY CPU`: bytes without the page cache that can be dropped at
# once, and nanoseconds since its start. Which of them are sandboxes is not known here; containers in containers are not told.
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
      } else {
        memory = field($0 "/memory.current", "") - field($0 "/memory.stat", "inactive_file")
        used = field($0 "/cpu.stat", "usage_usec") * 1000
      }
      printf "%s %.0f %.0f\n", container, (memory > 0 ? memory : 0), used
    }'
}
