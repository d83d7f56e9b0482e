# task: replace
# code: container-not-recreated
# teaches: a new name does not make a new container
docker network create app-net
docker network connect app-net api
docker network connect --alias database app-net db
docker rename db db-before
docker rename db-before db
