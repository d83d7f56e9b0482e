# task: graceful
# code: killed-faster
# teaches: a short timeout brings the kill sooner, not the goodbye
docker build -t fast - <<'END'
FROM lab/slow:1
LABEL changed=nothing
END
docker run -d --stop-timeout 1 --name fast fast
