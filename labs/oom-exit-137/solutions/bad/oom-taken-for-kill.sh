# task: tell
# code: oom-missed
# teaches: only the kernel writes an oom event
answer worker someone
answer decoy itself
answer murdered someone
