# task: not-enough
# code: app-never-heard
# teaches: an init does not forward signals to every descendant
docker run -d --init --name muffled lab/slow:1
answer why app-ignores-it
