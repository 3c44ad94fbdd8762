# The hook and its commands, for amd64 and arm64. It needs no writable disk and no root, and has no shell and no npm.
#
# Each digest is that of the index of all platforms, as of October 2026, as it is pinned by many public repositories that know
# nothing of each other. Nobody has to believe it: .github/workflows/release.yaml builds from nothing that lacks a platform, or
# the signature of the distroless project. Renovate moves tag and digest together.

# What is built is the same on each platform, so it is built once, on the one that builds.
FROM --platform=$BUILDPLATFORM node:24.21.0-trixie-slim@sha256:173f125896c3b47ddf056734c7ea789d04595a6a08769a8f78e0df642781fb66 AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && npm prune --omit=dev --ignore-scripts
# Half of it is types, source maps, and binaries for a runtime that is not Node.
RUN find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -name '*.bare' \) -delete

FROM gcr.io/distroless/nodejs24-debian13:nonroot@sha256:9eeb7f5887d0e239e78264b06f7f11d2e14be534050481803a9e4728fcdd278e
LABEL org.opencontainers.image.title="k8s-mtp" \
      org.opencontainers.image.description="A multi-tenant Kubernetes platform: one Tenant becomes a secure, isolated namespace and is kept that way" \
      org.opencontainers.image.url="https://github.com/k8s-mtp/k8s-mtp" \
      org.opencontainers.image.source="https://github.com/k8s-mtp/k8s-mtp" \
      org.opencontainers.image.documentation="https://github.com/k8s-mtp/k8s-mtp/blob/main/docs/install.md" \
      org.opencontainers.image.vendor="k8s-mtp" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY examples/classes examples/classes
COPY LICENSE ./
# The user nonroot by number, so that runAsNonRoot can be checked.
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/main.js"]
CMD ["serve"]
