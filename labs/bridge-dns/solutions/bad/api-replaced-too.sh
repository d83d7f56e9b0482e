# task: replace
# code: container-recreated
# teaches: whoever calls by name need not notice that the other was replaced
docker network create app-net
docker network connect app-net api
docker network connect --alias database app-net db
docker rm -f db api
docker run -d --name db --network app-net --network-alias database busybox:1 httpd -f -p 5432
docker run -d --name api --network app-net lab/net:1 sleep 3600
