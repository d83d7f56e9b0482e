# task: measure
# code: stop-misread
# teaches: the wait is Docker's patience, not the app's work
docker stop slow
docker start slow
answer pid1 '/bin/sh -c /app.sh'
answer seconds 30
