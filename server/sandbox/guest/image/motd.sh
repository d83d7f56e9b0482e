# The message of the day, once for every login shell; the sandbox's first process writes the file.
[ -n "$PS1" ] && [ -r /etc/motd ] && cat /etc/motd
