# passes: diagnose, connect, alias
answer lookup-exit 2
answer by-address answer
answer nameserver 127.0.0.11
docker network create app-net
docker network connect app-net api
docker network connect --alias database --alias store app-net db
