# task: measure
# code: first-process-missed
# teaches: the program one knows by name may be a child of the first process
docker stop slow
docker start slow
answer pid1 /app.sh
answer seconds 10
