# task: graceful
# code: goodbye-early
# teaches: a line in the log is worth something only at its time
docker build -t fast - <<'END'
FROM lab/slow:1
CMD ["sh", "-c", "echo 'app: ready'; echo 'app: goodbye'; trap 'exit 0' TERM; while :; do sleep 1 & wait $!; done"]
END
docker run -d --name fast fast
