#!/usr/bin/env bash
# Packs the Helm chart into a folder: release/chart.sh FOLDER. The helm is that of HELM, or the one on PATH.
set -euo pipefail
folder=$(realpath --canonicalize-missing "${1:?say into which folder: release/chart.sh FOLDER}")
cd "$(dirname "$0")/.."
helm=${HELM:-helm}

"$helm" lint --strict chart
"$helm" package chart --destination "$folder"
