# task: reproduce
# code: killed-not-oom
# teaches: not every 137 is for memory
docker run -d --name mine --memory 32m --memory-swap 32m lab/eater:1 hold 16
docker kill mine
docker wait mine
