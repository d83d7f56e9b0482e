# task: measure
# code: not-measured
# teaches: a number from memory is not a measurement
answer pid1 '/bin/sh -c /app.sh'
answer seconds 10
