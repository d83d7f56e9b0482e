# task: graceful
# code: killed-faster
# teaches: shortening the wait is not handling the signal
docker build -t fast - <<'END'
FROM lab/slow:1
END
docker run -d --name fast fast
docker stop -t 1 fast
docker start fast
