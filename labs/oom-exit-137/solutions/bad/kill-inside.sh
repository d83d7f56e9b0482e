# task: reproduce
# code: exit-code-faked
# teaches: a signal 9 from inside gives the same number without the kernel running out of anything
docker run --name mine --memory 32m --memory-swap 32m busybox:1 sh -c 'sleep 60 & kill -9 $!; wait $!; exit $?'
