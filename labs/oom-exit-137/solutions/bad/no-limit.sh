# task: reproduce
# code: not-killed
# teaches: without a limit nothing happens to a job of 48 MiB
docker run --name mine lab/eater:1
