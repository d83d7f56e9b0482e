# task: alias
# code: alias-shared
# teaches: two containers with one alias are both in the answer
docker network create app-net
docker network connect app-net api
docker network connect --alias database app-net db
docker run -d --name other --network app-net --network-alias database busybox:1 sleep 3600
