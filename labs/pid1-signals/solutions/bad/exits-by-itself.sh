# task: graceful
# code: exits-by-itself
# teaches: an app that leaves before it is asked to has not been stopped
docker build -t fast - <<'END'
FROM lab/slow:1
CMD ["sh", "-c", "/app.sh > /tmp/log & until grep -q ready /tmp/log; do sleep 0.05; done; cat /tmp/log"]
END
docker run -d --name fast fast
