#!/usr/bin/env bash
# Adds files to those of a release, and writes the checksums of all: release/sums.sh FOLDER [FILE...]
set -euo pipefail

folder=${1:?FOLDER is missing: release/sums.sh FOLDER [FILE...]}
shift
for file in "$@"; do
  cp --no-clobber -- "$file" "$folder/"
done
cd "$folder"
rm -f SHA256SUMS
LC_ALL=C sha256sum -- * > SHA256SUMS
