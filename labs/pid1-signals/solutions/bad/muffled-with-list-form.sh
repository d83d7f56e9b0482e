# task: not-enough
# code: app-heard
# teaches: without the shell in between, the init's child is the app
docker run -d --init --name muffled lab/slow:1 /app.sh
answer why child-only
