#!/bin/sh
# Ends the processes of a run when the run ends without doing so, for whatever reason.
# Each line on stdin lists the current process groups; $1 is the folder of the run. The end of stdin is the end of the
# run: then each group of the last line gets SIGTERM, SIGKILL after 1 s (all of their data is in the folder), and the
# folder is removed. $2 is the cgroup of the run, if it has one: cgroups below it are removed once their processes have ended.
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

tries=0
while [ -n "${2:-}" ] && [ "$tries" -lt 50 ]; do
  left=$(find /sys/fs/cgroup -depth -type d \( -path "*$2" -o -path "*$2/*" \) 2>/dev/null)
  [ -z "$left" ] && break
  echo "$left" | while IFS= read -r cgroup; do rmdir -- "$cgroup" 2>/dev/null; done
  sleep 0.1
  tries=$((tries + 1))
done
