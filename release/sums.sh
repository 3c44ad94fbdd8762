#!/usr/bin/env bash
# Lays further files beside what is attached to a release, and writes the sums of all: release/sums.sh FOLDER [FILE...]
set -euo pipefail

folder=${1:?say in which folder: release/sums.sh FOLDER [FILE...]}
shift
for file in "$@"; do
  cp --no-clobber -- "$file" "$folder/"
done
cd "$folder"
rm -f SHA256SUMS
LC_ALL=C sha256sum -- * > SHA256SUMS
