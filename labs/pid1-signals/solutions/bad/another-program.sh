# task: init
# code: another-program
# teaches: the program that may not be changed may not be exchanged either
docker run -d --init --name third busybox:1 sleep 3600
