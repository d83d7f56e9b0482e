# Sandboxes that stand still. Not by the engine's own pause: an exec that had just begun when it came could never be ended (seen
# with 20.10).

freezers() { # freezers CONTAINER: the cgroups that stop all of its processes, those below them included
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    find /sys/fs/cgroup -maxdepth 5 -type d -name "*$1*" -prune
  else
    find /sys/fs/cgroup/freezer -maxdepth 5 -type d -name "*$1*" -prune
  fi
}

# verb_pause CONTAINER: all of its processes or none.
verb_pause() {
  need container "$1"
  group=$(freezers "$1" | head -n 1)
  [ -n "$group" ] || fail 4 'the sandbox does not run'
  trap 'code=$?; [ $code = 0 ] || verb_unpause "$1"; exit $code' EXIT
  if [ -e "$group/cgroup.freeze" ]; then echo 1 > "$group/cgroup.freeze"; else echo FROZEN > "$group/freezer.state"; fi
  tries=0
  until grep -qxs 'FROZEN' "$group/freezer.state" || grep -qxs 'frozen 1' "$group/cgroup.events"; do
    tries=$((tries + 1))
    [ $tries -lt 50 ] || fail 5 'its processes do not stand still'
    sleep 0.02
    [ ! -e "$group/freezer.state" ] || echo FROZEN > "$group/freezer.state"
  done
  trap - EXIT
}

# verb_unpause CONTAINER: also one that was never paused, or is gone.
verb_unpause() {
  need container "$1"
  for group in $(freezers "$1"); do
    if [ -e "$group/cgroup.freeze" ]; then echo 0 > "$group/cgroup.freeze"; else echo THAWED > "$group/freezer.state"; fi
  done
}
