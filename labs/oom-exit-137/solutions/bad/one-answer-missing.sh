# task: tell
# code: answer-missing
# teaches: all three deaths need an answer
answer worker kernel
answer decoy itself
