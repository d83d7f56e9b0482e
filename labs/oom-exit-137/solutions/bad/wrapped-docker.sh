# task: reproduce
# code: exit-code-faked
# teaches: what your own docker command prints is not what the engine did
docker run --name mine --memory 32m --memory-swap 32m busybox:1 sh -c 'exit 137'
real=$(command -v docker)
sudo tee /usr/local/bin/docker > /dev/null <<END
#!/bin/sh
if [ "\$1" = inspect ]; then echo '[{"State": {"OOMKilled": true, "ExitCode": 137}}]'; exit 0; fi
exec $real "\$@"
END
sudo chmod 755 /usr/local/bin/docker
hash -r
docker inspect mine
