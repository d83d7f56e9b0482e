# task: reproduce
# code: exit-code-faked
# teaches: a signal 9 that goes past Docker leaves neither an oom nor a kill event
docker run -d --name mine --memory 32m --memory-swap 32m lab/eater:1 hold 16
sudo kill -9 "$(docker inspect -f '{{.State.Pid}}' mine)"
docker wait mine
