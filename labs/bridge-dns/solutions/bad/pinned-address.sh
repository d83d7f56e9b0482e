# task: connect
# code: ip-hardcoded
# teaches: names make it unnecessary to pin addresses
docker network create --subnet 10.77.0.0/24 app-net
docker network connect app-net api
docker network connect --ip 10.77.0.77 app-net db
