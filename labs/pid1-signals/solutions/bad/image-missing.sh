# task: graceful
# code: image-missing
# teaches: a container that stops well is not yet an image that does
docker run -d --name fast lab/slow:1 /app.sh
