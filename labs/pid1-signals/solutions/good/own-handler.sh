# passes: graceful
# teaches: a first process that passes the signal on and waits is an honest way too
cat > start.sh <<'END'
#!/bin/sh
/app.sh & app=$!
trap 'kill -TERM $app' TERM
wait $app
wait $app
END
chmod +x start.sh
cat > Dockerfile <<'END'
FROM lab/slow:1
COPY start.sh /start.sh
ENTRYPOINT ["/start.sh"]
END
docker build -t fast .
docker run -d --name fast fast
docker stop fast
docker start fast
