#!/usr/bin/env bash
# Renders the objects of all Tenants in this repository, and writes the changes since BASE to changes.md.
#
#   bash ci/check.sh BASE     BASE: the commit to compare with
#
# Exits with 1 and prints file:line: field: message for each error. Needs k8s-mtp, git and diff.
set -euo pipefail

base=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Files that make a tool apply other objects than rendered here: settings of kustomize, Helm, Argo CD; programs; links.
unsupported=$(LC_ALL=C find tenants classes -name '.*' -o -iname 'kustomization.y*ml' -o -iname 'chart.y*ml' \
  -o -name '*[!A-Za-z0-9._-]*' \
  -o ! -type d \( ! -type f -o ! -name '*.yaml' ! -name '*.yml' ! -name '*.json' ! -name '*.md' \))
if [ -n "$unsupported" ]; then
  echo 'tenants/ and classes/ may only have plain .yaml, .yml, .json and .md files, and no kustomization or chart:' \
    'a tool would apply objects that this check does not render. Move these files away:' >&2
  printf '  %q\n' "$unsupported" >&2
  exit 1
fi

# Writes file:line: field: message to $work/findings.
render() {
  local code=0
  k8s-mtp render -f tenants/ --classes classes/ "$@" 2> "$work/messages" || code=$?
  sed -E 's/^(error|warning): //' "$work/messages" > "$work/findings"
  return "$code"
}

namespaces_in() { awk '$0 == "kind: Namespace" { found = 1 } found && /^  name: / { print $2; found = 0 }' "$1" | sort; }

# Kubernetes accepts any name of a user or group: a mistyped one gets no access.
if ! render --known-subjects known-subjects.txt > "$work/after.yaml"; then
  cat "$work/findings" >&2
  if [ "${GITHUB_ACTIONS:-}" = true ]; then
    # GitHub shows annotations beside the line.
    sed -nE 's/%/%25/g; s/^([^:]+):([0-9]+): (.*)$/::error file=\1,line=\2::\3/p' "$work/findings"
  fi
  exit 1
fi

mv "$work/findings" "$work/warnings"
mkdir "$work/base"
git archive --format=tar "$base" | tar -x -C "$work/base"
if ! (cd "$work/base" && render) > "$work/before.yaml"; then
  echo "the base cannot be rendered, so all objects are shown as new:" >&2
  cat "$work/findings" >&2
  : > "$work/before.yaml"
fi

namespaces_in "$work/before.yaml" > "$work/before.names"
namespaces_in "$work/after.yaml" > "$work/after.names"
removed=$(comm -23 "$work/before.names" "$work/after.names")

# Warnings of the base are known.
grep ' is ignored$' "$work/warnings" > "$work/ignored" || true
grep -v ' is ignored$' "$work/warnings" | grep -vxFf "$work/findings" > "$work/new" || true

{
  echo '## Changes in the cluster'
  echo
  if [ -n "$removed" ]; then
    echo '> [!CAUTION]'
    echo '> Removed namespaces. Those of a removed Tenant are deleted with all data, unless `deletionPolicy: Retain` or a disabled' \
      'prune keeps them. Those of an entry that is removed from `spec.namespaces` stay, and the Tenant reports them:'
    for name in $removed; do echo "> - \`$name\`"; done
    echo
  fi
  if [ -s "$work/ignored" ]; then
    echo '> [!CAUTION]'
    echo '> Other objects in the folder, which are not shown below:'
    while IFS= read -r line; do echo "> - \`$line\`"; done < "$work/ignored"
    echo
  fi
  if [ -s "$work/new" ]; then
    echo '> [!WARNING]'
    echo '> New warnings:'
    while IFS= read -r line; do echo "> - \`$line\`"; done < "$work/new"
    echo
  fi
  if cmp -s "$work/before.yaml" "$work/after.yaml"; then
    echo 'None.'
  else
    echo '`````diff'
    # The limit of a GitHub summary is 1 MiB.
    {
      diff -U 6 --show-function-line='^kind: ' --label before --label after \
        "$work/before.yaml" "$work/after.yaml" || [ $? -eq 1 ]
    } > "$work/diff"
    head -c 900000 "$work/diff"
    if [ "$(wc -c < "$work/diff")" -gt 900000 ]; then printf '\n(truncated)\n'; fi
    echo '`````'
  fi
} > changes.md
