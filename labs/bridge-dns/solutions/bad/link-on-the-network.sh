# task: connect
# code: legacy-link
# teaches: a network with names needs no link
docker network create app-net
docker network connect app-net db
docker network connect --link db:store app-net api
