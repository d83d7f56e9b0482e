# task: replace
# code: static-hosts
# teaches: a hosts entry wins over the phone book and goes on pointing at the old place
docker network create app-net
docker network connect app-net api
docker network connect --alias database app-net db
docker exec api sh -c 'echo 172.17.0.2 db database >> /etc/hosts'
docker rm -f db
docker run -d --name db --network app-net --network-alias database busybox:1 httpd -f -p 5432
