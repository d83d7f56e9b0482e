# task: graceful
# code: killed-by-design
# teaches: SIGKILL leaves nobody a chance
docker build -t fast - <<'END'
FROM lab/slow:1
STOPSIGNAL SIGKILL
CMD ["/app.sh"]
END
docker run -d --name fast fast
