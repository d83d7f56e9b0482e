# task: reproduce
# code: swap-headroom
# teaches: a memory limit alone grants the same amount of swap
docker run --name mine --memory 16m lab/eater:1
