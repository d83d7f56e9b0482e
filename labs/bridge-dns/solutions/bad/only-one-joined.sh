# task: connect
# code: not-connected
# teaches: a network connects those who are on it
docker network create app-net
docker network connect app-net api
