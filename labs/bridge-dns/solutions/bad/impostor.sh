# task: connect
# code: name-stale
# teaches: anybody on a network can take a name
docker network create app-net
docker network connect app-net api
docker network connect app-net db
docker run -d --name helper --network app-net --network-alias db busybox:1 httpd -f -p 5432
