# task: graceful
# code: app-changed
# teaches: another file of the same name is another app
cat > app.sh <<'END'
#!/bin/sh
trap 'echo "app: goodbye"; exit 0' TERM
echo "app: ready"
while :; do sleep 1 & wait $!; done
END
cat > Dockerfile <<'END'
FROM lab/slow:1
COPY --chmod=755 app.sh /app.sh
CMD ["/app.sh"]
END
docker build -t fast .
docker run -d --name fast fast
