# task: alias
# code: legacy-link
# teaches: a link is made with one container and helps no other
docker network create app-net
docker network connect app-net db
docker rm -f api
docker run -d --name api --link db:database lab/net:1 sleep 3600
docker network connect app-net api
