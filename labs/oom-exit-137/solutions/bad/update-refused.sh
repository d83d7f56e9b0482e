# task: live
# code: limit-not-applied
# teaches: an update event is written also for an update that failed
docker update --memory 16m --memory-swap 16m ok
