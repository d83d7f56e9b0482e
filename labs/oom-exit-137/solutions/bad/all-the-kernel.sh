# task: tell
# code: exit-code-faked
# teaches: 137 in the record does not mean that anybody was killed
answer worker kernel
answer decoy kernel
answer murdered kernel
