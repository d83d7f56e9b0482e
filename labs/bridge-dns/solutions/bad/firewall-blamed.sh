# task: diagnose
# code: address-not-tried
# teaches: the way is open, only nobody knows where it leads
answer lookup-exit 2
answer by-address timeout
answer nameserver 127.0.0.11
