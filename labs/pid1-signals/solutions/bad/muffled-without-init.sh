# task: not-enough
# code: no-init
# teaches: without the init there is nothing to see
docker run -d --name muffled lab/slow:1
answer why child-only
