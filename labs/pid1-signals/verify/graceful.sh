# The image alone is judged here: started without any option, on a machine with an untouched engine.
set -eu
docker run -d --name fast fast
