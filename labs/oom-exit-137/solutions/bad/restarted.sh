# task: live
# code: container-restarted
# teaches: a restart loses what the process held
docker update --memory 128m --memory-swap 128m ok
docker restart ok
