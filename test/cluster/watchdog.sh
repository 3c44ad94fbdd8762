#!/bin/sh
# Ends what a run has started, when the run itself dies without having done so, however it dies.
# Each line on stdin lists the process groups that are alive now; $1 is the folder of the run. The end of stdin is the
# end of the run: then every group of the last line gets SIGTERM, after 1 s SIGKILL (all
# of their data is in the folder), and the folder is removed.
groups=
while IFS= read -r line; do groups=$line; done

for group in $groups; do kill -s TERM -- "-$group" 2>/dev/null; done
tries=0
while [ "$tries" -lt 10 ]; do
  alive=
  for group in $groups; do kill -s 0 -- "-$group" 2>/dev/null && alive="$alive $group"; done
  [ -z "$alive" ] && break
  sleep 0.1
  tries=$((tries + 1))
done
for group in $alive; do kill -s KILL -- "-$group" 2>/dev/null; done
rm -rf -- "$1"
