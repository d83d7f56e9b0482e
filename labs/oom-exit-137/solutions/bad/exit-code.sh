# task: reproduce
# code: exit-code-faked
# teaches: 137 is the result of a signal, not a label that one prints
docker run --name mine --memory 32m --memory-swap 32m busybox:1 sh -c 'exit 137'
