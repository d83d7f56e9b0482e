# task: live
# code: limit-not-applied
# teaches: the record says what was asked for, the kernel what holds
docker update --memory 128m --memory-swap 128m ok
id=$(docker inspect -f '{{.Id}}' ok)
for file in memory.max memory.limit_in_bytes; do
  sudo find /sys/fs/cgroup -path "*$id*" -name "$file" -exec sh -c 'echo 100663296 > "$1"' - {} \;
done
