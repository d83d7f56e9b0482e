# task: connect
# code: network-missing
# teaches: a network that is almost called so is another one
docker network create app_net
docker network connect app_net api
docker network connect app_net db
