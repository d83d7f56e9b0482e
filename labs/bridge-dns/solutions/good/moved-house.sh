# passes: all
# teaches: leaving the default bridge is fine, and a new address is no harm
answer lookup-exit 2
answer by-address answer
answer nameserver 127.0.0.11

docker network create --subnet 10.77.0.0/24 app-net
docker network connect app-net api
docker network connect --alias database app-net db
docker network disconnect bridge api
docker network disconnect bridge db

docker rename db old-db
docker run -d --name db --network app-net --network-alias database busybox:1 httpd -f -v -p 0.0.0.0:5432 -h /tmp
docker rm -f old-db
