# task: finish
# code: another-job
# teaches: a file copied into a container makes it another one
id=$(docker create busybox:1)
docker cp "$id:/bin/busybox" busybox
printf '#!/busybox sh\necho "eater: done"\n' > eater
chmod 755 eater busybox
docker create --name finished --memory 32m --memory-swap 32m lab/eater:1
docker cp busybox finished:/busybox
docker cp eater finished:/eater
docker start -a finished
