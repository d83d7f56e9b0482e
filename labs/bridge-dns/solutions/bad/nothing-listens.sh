# task: replace
# code: unreachable
# teaches: being found is not yet answering
docker network create app-net
docker network connect app-net api
docker network connect --alias database app-net db
docker rm -f db
docker run -d --name db --network app-net --network-alias database busybox:1 sleep 3600
