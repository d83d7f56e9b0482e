# task: connect
# code: unreachable
# teaches: a name that is found does not mean that the way is open
docker network create --opt com.docker.network.bridge.enable_icc=false app-net
docker network connect app-net api
docker network connect app-net db
