# task: finish
# code: not-finished
# teaches: a container that ended is not a job that finished
# The job takes a second: on a busy machine the stop may come too late, and is tried again.
for _ in $(seq 20); do
  docker run -d --name finished --memory 64m --memory-swap 64m lab/eater:1
  docker stop finished
  test "$(docker inspect -f '{{.State.ExitCode}}' finished)" != 0 && break
  docker rm finished
done
