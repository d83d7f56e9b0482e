# task: connect
# code: static-hosts
# teaches: a hosts entry is a copy of an address, not a name service
address=$(docker inspect -f '{{.NetworkSettings.Networks.bridge.IPAddress}}' db)
docker exec api sh -c "echo $address db >> /etc/hosts"
