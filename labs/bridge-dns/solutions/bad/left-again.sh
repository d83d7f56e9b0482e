# task: connect
# code: not-connected
# teaches: having been on a network is not being on it
docker network create app-net
docker network connect app-net api
docker network connect app-net db
docker exec api curl -s -m 3 http://db:5432/
docker network disconnect app-net db
