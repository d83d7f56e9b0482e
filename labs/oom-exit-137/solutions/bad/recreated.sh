# task: live
# code: container-recreated
# teaches: the same name is not the same container
docker rm -f ok
docker run -d --name ok --memory 128m --memory-swap 128m lab/eater:1 hold 40
