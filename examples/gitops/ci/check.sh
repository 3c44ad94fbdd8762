#!/usr/bin/env bash
# Checks all Tenants and classes in this repository, and writes what changes since BASE to changes.md.
#
#   bash ci/check.sh BASE     BASE: the commit to compare with
#
# Exits with 1 after errors, which it prints as file:line:column: error: field: message (rule). Needs k8s-mtp and git.
set -euo pipefail

base=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Files that make a tool apply other objects than checked here: settings of kustomize, Helm, Argo CD; programs; links.
unsupported=$(LC_ALL=C find tenants classes -name '.*' -o -iname 'kustomization.y*ml' -o -iname 'chart.y*ml' \
  -o -name '*[!A-Za-z0-9._-]*' \
  -o ! -type d \( ! -type f -o ! -name '*.yaml' ! -name '*.yml' ! -name '*.json' ! -name '*.md' \))
if [ -n "$unsupported" ]; then
  echo 'tenants/ and classes/ may only have plain .yaml, .yml, .json and .md files, and no kustomization or chart:' \
    'a tool would apply objects that this check does not read. Move these files away:' >&2
  printf '  %q\n' "$unsupported" >&2
  exit 1
fi

# Kubernetes accepts any name of a user or group: a mistyped one gets no access.
lint() { k8s-mtp lint -f tenants/ --classes classes/ --known-subjects known-subjects.txt "$@"; }

failed=0
lint > "$work/findings" 2> "$work/errors" || failed=1
# GitHub shows annotations beside the line.
if [ "${GITHUB_ACTIONS:-}" = true ]; then lint -o github 2> "$work/errors" || true; fi
if [ $failed = 1 ]; then
  cat "$work/findings" "$work/errors" >&2
  exit 1
fi
grep -E '^[^:]+:[0-9]+:[0-9]+: warning: ' "$work/findings" > "$work/warnings" || true

# 1: changes; 3: changes that are dangerous, which reviewers decide on.
status=0
k8s-mtp diff --git "$base...HEAD" -o markdown -- tenants/ classes/ > "$work/diff" 2> "$work/errors" || status=$?
case $status in
  0 | 1 | 3) ;;
  *)
    cat "$work/errors" >&2
    exit 1
    ;;
esac

{
  cat "$work/diff"
  if [ -s "$work/warnings" ]; then
    echo
    echo '<details><summary>Warnings of k8s-mtp lint</summary>'
    echo
    echo '`````'
    # A comment on GitHub has at most 65,536 characters, of which the diff may take 60,000.
    LC_ALL=C awk '{ size += length($0) + 1; if (size > 4000) hidden++; else print }
      END { if (hidden) printf "(%d more: run k8s-mtp lint)\n", hidden }' "$work/warnings"
    echo '`````'
    echo
    echo '</details>'
  fi
} > changes.md
