set -eu

# ok must run while its limit is moved. What the reset switched off has 255; what had been stopped keeps its own exit code and stays as it is.
for name in ok; do
  if [ "$(docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' "$name" 2>/dev/null)" = 'exited 255' ]; then
    docker start "$name" >/dev/null
  fi
done
