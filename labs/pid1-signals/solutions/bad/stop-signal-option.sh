# task: graceful
# code: killed-by-design
# teaches: the option does what the instruction does
docker build -t fast - <<'END'
FROM lab/slow:1
CMD ["/app.sh"]
END
docker run -d --stop-signal KILL --name fast fast
