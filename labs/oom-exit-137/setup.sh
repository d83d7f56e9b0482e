set -eu

# Asks every 50 ms until the answer is yes; gives up after 20 seconds.
until_true() {
  local turn
  for turn in $(seq 400); do
    if "$@"; then return 0; fi
    sleep 0.05
  done
  echo "not in 20 seconds: $*" >&2
  return 1
}
holding() { docker logs "$1" 2>/dev/null | grep -q holding; }
ended_with_137() { test "$(docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' "$1")" = 'exited 137'; }

docker run -d --name worker --memory 32m --memory-swap 32m lab/eater:1 >/dev/null
docker run -d --name decoy --memory 32m --memory-swap 32m busybox:1 \
  sh -c 'echo "worker: taking memory"; echo "worker: Killed, out of memory" >&2; exit 137' >/dev/null
docker run -d --name murdered --memory 64m --memory-swap 64m lab/eater:1 hold 24 >/dev/null
docker run -d --name ok --memory 64m --memory-swap 64m lab/eater:1 hold 40 >/dev/null

until_true holding murdered
docker kill murdered >/dev/null
for name in worker decoy murdered; do until_true ended_with_137 "$name"; done
until_true holding ok
