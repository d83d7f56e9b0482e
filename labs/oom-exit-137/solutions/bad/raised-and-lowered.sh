# task: live
# code: limit-not-applied
# teaches: what held for a moment does not hold
docker update --memory 128m --memory-swap 128m ok
docker update --memory 64m --memory-swap 64m ok
