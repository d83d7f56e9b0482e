# passes: all
answer pid1 "$(docker exec slow cat /proc/1/cmdline | tr '\0' ' ')"
docker stop slow
docker start slow
answer seconds 10

mkdir fast
cat > fast/Dockerfile <<'END'
FROM lab/slow:1
CMD ["/app.sh"]
END
docker build -t fast fast
docker run -d --name fast fast

docker run -d --init --name third lab/stubborn:1

docker run -d --init --name muffled lab/slow:1
answer why child-only
