# The line protocol.

handle() { # handle REQUEST VERB ARG...
  request=$1
  shift
  output=$( (set -e; "verb_$@") 2>&1)
  code=$?
  # Lines are shorter than a pipe's atomic write, so that answers of requests side by side do not mix.
  [ -z "$output" ] || printf '%s' "$output" | base64 -w 960 | sed -u "s/^/$request + /"
  echo "$request = $code"
}

setup && echo 'ready'
while read -r line; do
  case $line in *[!a-zA-Z0-9:=_/\ -]*) continue ;; esac # no caller of ours writes such a line
  set -- $line
  case ${2-} in
    leave | kernel | format | machine | open_image | publish_image | prune_images | fullness | make_disk | copy_disk | open_disk | drop_disk | room | list_disks | \
      go | claim | pause | unpause | changes | witness | kill | checkpoint | list_checkpoints | drop_checkpoint | thaw | taken | taken_by | usage | weigh | leftovers | drop_loop | scrub | scrub_of) (handle "$@" &) ;;
    *) echo "${1-} = 2" ;;
  esac
done
