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
answers() { curl -s -o /dev/null -m 1 "http://$1:5432/"; }
complains() { docker logs api 2>/dev/null | grep -q 'cannot reach'; }

docker run -d --name db busybox:1 \
  sh -c 'mkdir -p /srv && echo "db: 3 boats in the harbour" > /srv/index.html && exec httpd -f -p 5432 -h /srv' >/dev/null
docker run -d --name api lab/net:1 \
  sh -c 'trap "exit 0" TERM
         while :; do
           curl -s -m 2 http://db:5432/ || echo "$(date +%T) api: cannot reach db"
           sleep 5 & wait $!
         done' >/dev/null

until_true answers "$(docker inspect -f '{{.NetworkSettings.Networks.bridge.IPAddress}}' db)"
until_true complains
