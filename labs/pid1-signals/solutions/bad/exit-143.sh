# task: init
# code: another-program
# teaches: 143 is a number that any program can write
docker build -t lab/stubborn:1 - <<'END'
FROM busybox:1
CMD ["sh", "-c", "trap 'exit 143' TERM; while :; do sleep 1 & wait $!; done"]
END
docker run -d --init --name third lab/stubborn:1
