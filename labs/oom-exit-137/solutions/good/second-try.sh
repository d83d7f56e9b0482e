# passes: reproduce, finish, live
# teaches: what was tried before under the same name does not count
docker run --name mine busybox:1 sh -c 'exit 137'
docker rm mine
docker run --name mine --memory 48m --memory-swap 48m lab/eater:1

docker run --name finished --memory 32m --memory-swap 32m lab/eater:1
docker rm finished
docker run --name finished --memory 96m --memory-swap 96m lab/eater:1

docker update --memory 128m ok
docker update --memory 128m --memory-swap 128m ok
