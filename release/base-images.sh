#!/usr/bin/env bash
# Checks the base images of the Dockerfile, and the image of Metacontroller in the chart: each is pinned by digest, exists for amd64 and arm64, and distroless images are
# signed by their project. Needs docker buildx, jq and cosign. With --list, it prints them and checks only the pins.
set -euo pipefail
cd "$(dirname "$0")/.."

bases=$(sed --quiet --regexp-extended 's/^FROM (--platform=\S+ )?(\S+).*/\2/p' Dockerfile)
metacontroller=$(awk '
  /^metacontroller:/ { inside = 1 }
  inside && $1 ~ /^(registry|repository|tag|digest):$/ { field[$1] = $2 }
  inside && $1 == "digest:" { print field["registry:"] "/" field["repository:"] ":" field["tag:"] "@" $2; exit }
' chart/values.yaml)
images="$bases
$metacontroller"
for image in $images; do
  if [[ ! $image =~ ^[a-z0-9./-]+:[A-Za-z0-9._-]+@sha256:[0-9a-f]{64}$ ]]; then
    echo "$image is not pinned by tag and digest: get the digest with docker buildx imagetools inspect" >&2
    exit 1
  fi
done
if [[ ${1:-} == --list ]]; then
  echo "$images"
  exit
fi

for image in $images; do
  platforms=$(docker buildx imagetools inspect --raw "$image" | jq --raw-output '.manifests[]?.platform | "\(.os)/\(.architecture)"')
  for platform in linux/amd64 linux/arm64; do
    if ! grep --quiet --line-regexp "$platform" <<< "$platforms"; then
      echo "$image does not exist for $platform" >&2
      exit 1
    fi
  done
  if [[ $image == gcr.io/distroless/* ]]; then
    cosign verify "$image" --certificate-oidc-issuer https://accounts.google.com --certificate-identity keyless@distroless.iam.gserviceaccount.com > /dev/null
  fi
  echo "$image: ok"
done
