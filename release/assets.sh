#!/usr/bin/env bash
# Creates the files of a release in an empty or new folder: release/assets.sh FOLDER
# Reproducible: archives have the time of the commit, or SOURCE_DATE_EPOCH.
set -euo pipefail

folder=$(realpath --canonicalize-missing "${1:?FOLDER is missing: release/assets.sh FOLDER}")
mkdir -p "$folder"
if [[ -n $(ls -A "$folder") ]]; then
  echo "$folder is not empty: its files would be part of the release. Use another folder" >&2
  exit 1
fi
cd "$(dirname "$0")/.."
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export LC_ALL=C TZ=UTC

# For kubectl apply.
for file in crds/*.yaml chart/charts/metacontroller-crds/crds/*.yaml; do
  echo '---'
  cat "$file"
done > "$folder/crds.yaml"
node --import tsx release/install-manifest.ts > "$folder/install.yaml"

# For kubeconform and editors.
schemas=$(mktemp -d)
trap 'rm -rf "$schemas"' EXIT
node --import tsx release/write-crd-schemas.ts "$schemas"
tar --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --directory "$schemas" . |
  gzip --no-name --best > "$folder/crd-schemas.tar.gz"
