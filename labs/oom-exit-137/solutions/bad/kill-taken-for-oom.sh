# task: tell
# code: killed-not-oom
# teaches: a kill through Docker leaves an event of its own
answer worker kernel
answer decoy itself
answer murdered kernel
