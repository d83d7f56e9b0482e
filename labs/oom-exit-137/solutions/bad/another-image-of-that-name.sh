# task: finish
# code: another-job
# teaches: a name can be moved to another image
docker tag busybox:1 lab/eater:1
docker run --name finished --memory 32m --memory-swap 32m lab/eater:1 echo 'eater: done'
