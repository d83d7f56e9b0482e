# task: connect
# code: host-network-used
# teaches: a server without walls is open to everybody
docker rm -f db
docker run -d --name db --network host busybox:1 httpd -f -p 5432
