# task: reproduce
# code: killed-not-oom
# teaches: an oom event before it does not make a kill the kernel's
docker run -d --name mine --memory 16m --memory-swap 16m busybox:1 sh -c 'tail /dev/zero; sleep 600'
for _ in $(seq 200); do
  test "$(docker inspect -f '{{.State.OOMKilled}}' mine)" = true && break
  sleep 0.05
done
docker kill mine
docker wait mine
