# task: finish
# code: limit-removed
# teaches: no limit is not a fix, it is the next outage
docker run --name finished lab/eater:1
