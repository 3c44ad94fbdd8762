#!/usr/bin/env bash
# Refuses to build on a base image that is not what it says: each FROM of the Dockerfile has to be pinned by digest, the digest has to exist, for
# amd64 and arm64, and what is distroless has to bear that project's signature. Needs docker buildx, jq and cosign; with --list only says which there are.
set -euo pipefail
cd "$(dirname "$0")/.."

images=$(sed --quiet --regexp-extended 's/^FROM (--platform=\S+ )?(\S+).*/\2/p' Dockerfile)
for image in $images; do
  if [[ ! $image =~ ^[a-z0-9./-]+:[A-Za-z0-9._-]+@sha256:[0-9a-f]{64}$ ]]; then
    echo "$image is not pinned by tag and digest: see docker buildx imagetools inspect" >&2
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
      echo "$image is not there for $platform" >&2
      exit 1
    fi
  done
  if [[ $image == gcr.io/distroless/* ]]; then
    cosign verify "$image" --certificate-oidc-issuer https://accounts.google.com --certificate-identity keyless@distroless.iam.gserviceaccount.com > /dev/null
  fi
  echo "$image: as it should be"
done
