# task: graceful
# code: app-never-heard
# teaches: a handler in front of the app is not the app's handler
docker build -t fast - <<'END'
FROM lab/slow:1
CMD ["sh", "-c", "trap 'exit 0' TERM; /app.sh & while :; do wait; done"]
END
docker run -d --name fast fast
