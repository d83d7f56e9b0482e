# task: connect
# code: ip-hardcoded
# teaches: an address in a setting is right until the next morning
address=$(docker inspect -f '{{.NetworkSettings.Networks.bridge.IPAddress}}' db)
docker rm -f api
docker run -d --name api -e "DB_HOST=$address" lab/net:1 sleep 3600
