# task: graceful
# code: another-image
# teaches: the next one who starts the image has the old problem again
docker build -t fast - <<'END'
FROM lab/slow:1
END
docker run -d --name fast lab/slow:1 /app.sh
