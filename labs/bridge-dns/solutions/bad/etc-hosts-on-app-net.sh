# task: connect
# code: static-hosts
# teaches: also beside a working network a written-down address will go stale
docker network create app-net
docker network connect app-net api
docker network connect app-net db
address=$(docker inspect -f '{{(index .NetworkSettings.Networks "app-net").IPAddress}}' db)
docker exec api sh -c "echo $address db >> /etc/hosts"
