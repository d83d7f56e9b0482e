# task: graceful
# code: app-never-heard
# teaches: an init passes the signal to its child and not to that child's children
docker build -t fast - <<'END'
FROM lab/slow:1
END
docker run -d --init --name fast fast
