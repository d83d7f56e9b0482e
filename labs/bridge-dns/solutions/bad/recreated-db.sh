# task: connect
# code: container-recreated
# teaches: a running container can join a network, the database too
docker network create app-net
docker network connect app-net api
docker rm -f db
docker run -d --name db --network app-net busybox:1 httpd -f -p 5432
