# task: graceful
# code: base-lost
# teaches: it is this app that has to stop well
docker build -t fast - <<'END'
FROM busybox:1
CMD ["sh", "-c", "trap 'echo \"app: goodbye\"; exit 0' TERM; echo 'app: ready'; while :; do sleep 1 & wait $!; done"]
END
docker run -d --name fast fast
