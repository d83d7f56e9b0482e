# task: init
# code: no-init
# teaches: without an init the program is process 1, and signals without a handler are dropped
docker run -d --stop-timeout 1 --name third lab/stubborn:1
docker stop third
