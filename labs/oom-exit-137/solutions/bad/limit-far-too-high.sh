# task: finish
# code: limit-too-high
# teaches: a limit that can never be reached is none
docker run --name finished --memory 512m --memory-swap 512m lab/eater:1
