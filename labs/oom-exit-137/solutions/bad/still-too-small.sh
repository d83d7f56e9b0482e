# task: finish
# code: still-too-small
# teaches: the limit has to hold the job and the program
docker run --name finished --memory 40m --memory-swap 40m lab/eater:1
