# task: graceful
# code: exits-by-itself
# teaches: an app that leaves before it is asked to has not been stopped
docker build -t fast - <<'END'
FROM lab/slow:1
CMD ["sh", "-c", "echo 'app: ready'; sleep 1; echo 'app: goodbye'"]
END
docker run -d --name fast fast
