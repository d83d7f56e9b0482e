# passes: all
# teaches: the kernel kills a process of the group; the container ends with 137 when its first process passes that on
answer worker itself
answer worker kernel
answer decoy itself
answer murdered someone

docker run -d --name mine --memory 16m --memory-swap 16m busybox:1 sh -c 'tail /dev/zero; exit $?'
docker wait mine

docker run -d --name finished --memory 56m lab/eater:1
docker wait finished

docker update --memory 96m --memory-swap 256m ok
docker update --memory 128m --memory-swap 128m ok
