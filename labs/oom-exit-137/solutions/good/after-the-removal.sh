# passes: tell, reproduce
# teaches: the journal remembers what is no longer there
docker rm worker decoy murdered
answer worker kernel
answer decoy itself
answer murdered someone
docker run --name mine --memory 24m --memory-swap 24m busybox:1 sh -c 'exec tail /dev/zero'
