# passes: graceful, init, not-enough
# teaches: a shell that becomes the app is as good as no shell
printf 'FROM lab/slow:1\nCMD exec /app.sh\n' | docker build -t fast:latest -
docker run -d --name fast fast:latest

docker run -d --init --stop-timeout 30 --name third lab/stubborn:1
docker stop third

docker run -d --init --name muffled lab/slow:1
docker stop muffled
answer why app-ignores-it
answer why child-only
