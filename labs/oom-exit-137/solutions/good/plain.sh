# passes: all
answer worker kernel
answer decoy itself
answer murdered someone

docker run --name mine --memory 32m --memory-swap 32m lab/eater:1

docker run --name finished --memory 64m --memory-swap 64m lab/eater:1

docker update --memory 128m --memory-swap 128m ok
