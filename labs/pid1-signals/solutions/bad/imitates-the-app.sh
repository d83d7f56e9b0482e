# task: graceful
# code: app-imitated
# teaches: to say the app's words is not to be the app
docker build -t fast - <<'END'
FROM lab/slow:1
CMD ["sh", "-c", "trap 'echo app: got TERM, finishing the open requests; echo app: goodbye; exit 0' TERM; echo 'app: ready, process 1'; while :; do sleep 1 & wait $!; done"]
END
docker run -d --name fast fast
