# task: finish
# code: another-job
# teaches: making the work smaller does not size the limit
docker run --name finished --memory 32m --memory-swap 32m lab/eater:1 8
