# task: replace
# code: name-stale
# teaches: two with one name are both in the answer, the old one too
docker network create app-net
docker network connect app-net api
docker network connect --alias database app-net db
docker rename db db-before
docker network disconnect app-net db-before
docker network connect --alias db app-net db-before
docker run -d --name db --network app-net --network-alias database busybox:1 httpd -f -p 5432
