# task: reproduce
# code: exit-code-faked
# teaches: a new container of the same name does not inherit a death
docker run -d --name mine --memory 32m --memory-swap 32m lab/eater:1
docker wait mine
docker rm mine
docker run --name mine --memory 32m --memory-swap 32m busybox:1 sh -c 'exit 137'
