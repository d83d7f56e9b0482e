# task: live
# code: limit-not-applied
# teaches: a number written past Docker is gone with the next update
id=$(docker inspect -f '{{.Id}}' ok)
for file in memory.max memory.memsw.limit_in_bytes memory.limit_in_bytes; do
  sudo find /sys/fs/cgroup -path "*$id*" -name "$file" -exec sh -c 'echo 134217728 > "$1"' - {} \;
done
