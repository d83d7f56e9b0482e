# task: alias
# code: static-hosts
# teaches: a second name in a hosts file is a second copy of an address
docker network create app-net
docker network connect app-net api
docker network connect app-net db
address=$(docker inspect -f '{{(index .NetworkSettings.Networks "app-net").IPAddress}}' db)
docker exec api sh -c "echo $address database >> /etc/hosts"
