# task: diagnose
# code: lookup-misread
# teaches: a failed lookup has a number of its own
answer lookup-exit 1
answer by-address answer
answer nameserver 127.0.0.11
