# task: reproduce
# code: object-missing
# teaches: looking at a death is not causing one
docker events --since 1h --until 0s --filter event=oom
docker inspect worker
