# task: init
# code: killed-by-design
# teaches: an init cannot soften SIGKILL
docker run -d --init --stop-signal KILL --name third lab/stubborn:1
