# task: graceful
# code: goodbye-early
# teaches: a line in the log is worth something only at its time
docker build -t fast - <<'END'
FROM lab/slow:1
CMD ["sh", "-c", "echo 'app: goodbye'; exec /app.sh"]
END
docker run -d --name fast fast
