# task: reproduce
# code: renamed
# teaches: another's death under your name is not one that you caused
docker rename worker mine
