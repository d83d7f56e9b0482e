# task: not-enough
# code: another-program
# teaches: what is true of one program says nothing of another
docker run -d --init --name muffled lab/stubborn:1
answer why child-only
