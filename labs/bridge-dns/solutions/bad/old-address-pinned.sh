# task: replace
# code: ip-hardcoded
# teaches: taking the old address along hides that somebody still depends on it
docker network create --subnet 10.77.0.0/24 app-net
docker network connect app-net api
docker network connect --alias database app-net db
address=$(docker inspect -f '{{(index .NetworkSettings.Networks "app-net").IPAddress}}' db)
docker rm -f db
docker run -d --name db --network app-net --ip "$address" --network-alias database busybox:1 httpd -f -p 5432
