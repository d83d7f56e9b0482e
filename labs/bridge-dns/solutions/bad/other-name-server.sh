# task: diagnose
# code: phone-book-missed
# teaches: the phone book is kept by Docker, inside each container's own network
answer lookup-exit 2
answer by-address answer
answer nameserver 172.17.0.1
