# task: reproduce
# code: killed-not-oom
# teaches: a label hides nothing from the journal
docker run -d --name mine --label drydock.check=drydock-check-0123456789abcdef \
  --memory 32m --memory-swap 32m lab/eater:1 hold 16
docker kill mine
docker wait mine
