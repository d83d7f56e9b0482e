# task: connect
# code: host-network-used
# teaches: removing the walls is not a way to find a door
docker rm -f api
docker run -d --name api --network host lab/net:1 sleep 3600
