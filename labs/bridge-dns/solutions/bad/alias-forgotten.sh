# task: replace
# code: alias-missing
# teaches: an alias goes with the container's place on the network
docker network create app-net
docker network connect app-net api
docker network connect --alias database app-net db
docker rm -f db
docker run -d --name db --network app-net busybox:1 httpd -f -p 5432
