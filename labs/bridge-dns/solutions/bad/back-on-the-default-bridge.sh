# task: replace
# code: not-connected
# teaches: a new container knows nothing of the networks of the old one
docker network create app-net
docker network connect app-net api
docker network connect --alias database app-net db
docker rm -f db
docker run -d --name db busybox:1 httpd -f -p 5432
