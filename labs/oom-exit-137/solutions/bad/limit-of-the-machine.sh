# task: reproduce
# code: no-limit
# teaches: whoever has no limit of their own runs into the one of all
docker run --name mine lab/eater:1 3000
