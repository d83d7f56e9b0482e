# task: live
# code: container-recreated
# teaches: a name can be moved to another container
docker rename ok ok-before
docker run -d --name ok --memory 128m --memory-swap 128m lab/eater:1 hold 40
