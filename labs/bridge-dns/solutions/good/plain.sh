# passes: all
docker exec api getent hosts db
answer lookup-exit $?
docker exec api curl -s -m 3 "http://$(docker inspect -f '{{.NetworkSettings.Networks.bridge.IPAddress}}' db):5432/"
answer by-address answer

docker network create app-net
docker network connect app-net api
docker network connect app-net db
answer nameserver "$(docker exec api awk '/^nameserver/ { print $2 }' /etc/resolv.conf)"

docker network disconnect app-net db
docker network connect --alias database app-net db

docker rm -f db
docker run -d --name db --network app-net --network-alias database busybox:1 httpd -f -p 5432
