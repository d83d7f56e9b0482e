# task: replace
# code: ip-hardcoded
# teaches: a setting with an address has to be changed with every move
docker network create app-net
docker network connect app-net api
docker rm -f db
docker run -d --name db --network app-net --network-alias database busybox:1 httpd -f -p 5432
address=$(docker inspect -f '{{(index .NetworkSettings.Networks "app-net").IPAddress}}' db)
docker rm -f api
docker run -d --name api --network app-net -e "DB_HOST=$address" lab/net:1 sleep 3600
