# task: finish
# code: another-job
# teaches: a program of the same name in another image is another program
docker build -t lab/eater:1 - <<'END'
FROM busybox:1
RUN printf '#!/bin/sh\necho "eater: done"\n' > /eater && chmod 755 /eater
ENTRYPOINT ["/eater"]
END
docker run --name finished --memory 32m --memory-swap 32m lab/eater:1
