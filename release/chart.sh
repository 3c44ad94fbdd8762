#!/usr/bin/env bash
# Packages the Helm chart into a folder: release/chart.sh FOLDER. Uses the helm in HELM, or on PATH.
set -euo pipefail
folder=$(realpath --canonicalize-missing "${1:?FOLDER is missing: release/chart.sh FOLDER}")
cd "$(dirname "$0")/.."
helm=${HELM:-helm}

"$helm" lint --strict chart
"$helm" package chart --destination "$folder"
