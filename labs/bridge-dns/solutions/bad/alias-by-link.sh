# task: alias
# code: legacy-link
# teaches: a link gives the name to one caller only
docker network create app-net
docker network connect app-net db
docker network connect --link db:database app-net api
