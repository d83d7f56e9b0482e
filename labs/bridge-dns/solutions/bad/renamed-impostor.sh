# task: connect
# code: container-recreated
# teaches: a name can be moved to another container
docker network create app-net
docker network connect app-net api
docker run -d --name helper --network app-net busybox:1 httpd -f -p 5432
docker rename db db-before
docker rename helper db
