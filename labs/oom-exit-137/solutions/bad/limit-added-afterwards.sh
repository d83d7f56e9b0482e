# task: finish
# code: limit-changed-later
# teaches: a limit set on a dead container limited nothing
docker run --name finished lab/eater:1
docker update --memory 64m --memory-swap 64m finished
