# task: alias
# code: alias-missing
# teaches: joining a network gives a container its own name and no other
docker network create app-net
docker network connect app-net api
docker network connect app-net db
