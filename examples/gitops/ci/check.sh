#!/usr/bin/env bash
# Renders the Tenants of this repository as the cluster would make them, and writes into changes.md what a change comes to.
#
#   bash ci/check.sh BASE     BASE: the commit that the change is compared with
#
# Ends with 1, and file:line: field: what to do, where something is wrong. Needs k8s-mtp, git and diff.
set -euo pipefail

base=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What would have a tool apply something else than what is rendered here: settings of kustomize, Helm and Argo CD, programs, links.
odd=$(LC_ALL=C find tenants classes -name '.*' -o -iname 'kustomization.y*ml' -o -iname 'chart.y*ml' -o -name '*[!A-Za-z0-9._-]*' -o ! -type d \( ! -type f -o ! -name '*.yaml' ! -name '*.yml' ! -name '*.json' ! -name '*.md' \))
if [ -n "$odd" ]; then
  echo 'tenants/ and classes/ take plain files .yaml, .yml, .json and .md, and no kustomization or chart: a tool would apply what this check does not see. Move away:' >&2
  printf '  %q\n' "$odd" >&2
  exit 1
fi

render() { k8s-mtp render -f tenants/ --classes classes/; }

namespaces_in() { awk '$0 == "kind: Namespace" { found = 1 } found && /^  name: / { print $2; found = 0 }' "$1" | sort; }

if ! render > "$work/after.yaml" 2> "$work/findings"; then
  cat "$work/findings" >&2
  if [ "${GITHUB_ACTIONS:-}" = true ]; then
    # As annotations, which GitHub shows in the change beside the line.
    sed -nE 's/%/%25/g; s/^([^:]+):([0-9]+): (.*)$/::error file=\1,line=\2::\3/p' "$work/findings"
  fi
  exit 1
fi

mv "$work/findings" "$work/passed-over"
mkdir "$work/base"
git archive --format=tar "$base" | tar -x -C "$work/base"
if ! (cd "$work/base" && render) > "$work/before.yaml" 2> "$work/findings"; then
  echo "what was there before cannot be rendered, so all of it is taken for new:" >&2
  cat "$work/findings" >&2
  : > "$work/before.yaml"
fi

namespaces_in "$work/before.yaml" > "$work/before.names"
namespaces_in "$work/after.yaml" > "$work/after.names"
gone=$(comm -23 "$work/before.names" "$work/after.names")

{
  echo '## What this changes in the cluster'
  echo
  if [ -n "$gone" ]; then
    echo '> [!CAUTION]'
    echo '> Namespaces that leave the folder. They go, with all the data in them, unless their Tenant says `deletionPolicy: Retain` or that it is not to be pruned:'
    for name in $gone; do echo "> - \`$name\`"; done
    echo
  fi
  if [ -s "$work/passed-over" ]; then
    echo '> [!CAUTION]'
    echo '> Objects that are in the folder as well, and are not shown below:'
    while IFS= read -r line; do echo "> - \`$line\`"; done < "$work/passed-over"
    echo
  fi
  if cmp -s "$work/before.yaml" "$work/after.yaml"; then
    echo 'Nothing.'
  else
    echo '`````diff'
    # GitHub takes a summary of 1 MiB.
    { diff -U 6 --show-function-line='^kind: ' --label before --label after "$work/before.yaml" "$work/after.yaml" || [ $? -eq 1 ]; } > "$work/diff"
    head -c 900000 "$work/diff"
    if [ "$(wc -c < "$work/diff")" -gt 900000 ]; then printf '\n(and more)\n'; fi
    echo '`````'
  fi
} > changes.md
