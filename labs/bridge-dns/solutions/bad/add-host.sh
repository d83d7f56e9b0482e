# task: connect
# code: static-hosts
# teaches: --add-host writes a hosts entry once
address=$(docker inspect -f '{{.NetworkSettings.Networks.bridge.IPAddress}}' db)
docker rm -f api
docker run -d --name api --add-host "db:$address" lab/net:1 sleep 3600
