# task: connect
# code: not-connected
# teaches: another file with an address in it is no network with names
docker network create app-net
docker network connect app-net db
docker exec api sh -c 'echo "nameserver 172.17.0.2" > /etc/resolv.conf'
