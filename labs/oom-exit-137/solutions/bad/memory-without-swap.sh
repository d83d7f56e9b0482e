# task: live
# code: limit-not-applied
# teaches: memory may not pass the limit of memory and swap together
docker update --memory 128m ok
