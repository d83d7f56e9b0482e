# task: reproduce
# code: limit-changed-later
# teaches: the record of a dead container can be changed, what it died under cannot
docker run --name mine --memory 16m lab/eater:1
docker update --memory 16m --memory-swap 16m mine
