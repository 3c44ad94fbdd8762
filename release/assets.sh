#!/usr/bin/env bash
# Makes what is attached to a release, in a folder that is empty or not there: release/assets.sh FOLDER
# The same commit comes to the same bytes: the time in archives is that of the commit, or SOURCE_DATE_EPOCH.
set -euo pipefail

folder=$(realpath --canonicalize-missing "${1:?say into which folder: release/assets.sh FOLDER}")
mkdir -p "$folder"
if [[ -n $(ls -A "$folder") ]]; then
  echo "$folder is not empty: what is in it would be released, too" >&2
  exit 1
fi
cd "$(dirname "$0")/.."
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export LC_ALL=C TZ=UTC

# For kubectl apply, all at once.
for file in crds/*.yaml; do
  echo '---'
  cat "$file"
done > "$folder/crds.yaml"

# For kubeconform and editors.
schemas=$(mktemp -d)
trap 'rm -rf "$schemas"' EXIT
node --import tsx release/write-crd-schemas.ts "$schemas"
tar --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --directory "$schemas" . |
  gzip --no-name --best > "$folder/crd-schemas.tar.gz"
