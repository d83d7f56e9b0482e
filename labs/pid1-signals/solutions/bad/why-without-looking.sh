# task: not-enough
# code: object-missing
# teaches: an answer without the container is a guess
answer why child-only
