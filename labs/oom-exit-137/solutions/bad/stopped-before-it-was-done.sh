# task: finish
# code: not-finished
# teaches: a container that ended is not a job that finished
docker run -d --name finished --memory 64m --memory-swap 64m lab/eater:1
docker stop finished
