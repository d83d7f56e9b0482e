# task: reproduce
# code: limit-too-high
# teaches: the limit is part of the question
docker run --name mine --memory 128m --memory-swap 128m lab/eater:1 200
