# task: connect
# code: container-recreated
# teaches: a running container can join a network
docker network create app-net
docker network connect app-net db
docker rm -f api
docker run -d --name api --network app-net lab/net:1 sleep 3600
