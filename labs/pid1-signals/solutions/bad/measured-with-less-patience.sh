# task: measure
# code: less-patience
# teaches: a stop with an option of your own says nothing about the default
answer pid1 '/bin/sh -c /app.sh'
docker stop -t 2 slow
docker start slow
answer seconds 2
