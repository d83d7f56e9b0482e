#!/bin/sh
# A service that finishes its work and says goodbye when it gets SIGTERM.

goodbye() {
  echo "app: got TERM, finishing the open requests"
  echo "app: goodbye"
  exit 0
}
trap goodbye TERM

echo "app: ready, process $$"
# The wait ends at once when a signal comes; a plain sleep would hold the handler back until it is over.
while :; do
  sleep 5 &
  wait $!
done
