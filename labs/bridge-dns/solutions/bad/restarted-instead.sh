# task: replace
# code: container-not-recreated
# teaches: a restart keeps the container
docker network create app-net
docker network connect app-net api
docker network connect --alias database app-net db
docker restart -t 1 db
