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
ready() { docker logs slow 2>/dev/null | grep -q 'app: ready'; }

docker run -d --name slow lab/slow:1 >/dev/null
until_true ready
