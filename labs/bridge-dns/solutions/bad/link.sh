# task: connect
# code: legacy-link
# teaches: a link is a hosts entry made at the start of one container
docker rm -f api
docker run -d --name api --link db:db lab/net:1 sleep 3600
