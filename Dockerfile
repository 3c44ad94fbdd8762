# The hook and the CLI, for amd64 and arm64. It needs no root and no writable file system, and has no shell and no npm.
#
# Each digest is that of the multi-platform index, as of October 2026, taken from independent public repositories that pin it.
# release/base-images.sh checks in the release workflow that both platforms exist, and the signature of the distroless image.
# Renovate updates tag and digest together.

# The output is the same for all platforms, so build once, on the platform of the builder.
FROM --platform=$BUILDPLATFORM node:24.21.0-trixie-slim@sha256:173f125896c3b47ddf056734c7ea789d04595a6a08769a8f78e0df642781fb66 AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY release/build.ts release/
COPY src src
RUN npm run build && npm prune --omit=dev --ignore-scripts
# Types, source maps and binaries for another runtime: half of the size.
RUN find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -name '*.bare' \) -delete

FROM gcr.io/distroless/nodejs24-debian13:nonroot@sha256:9eeb7f5887d0e239e78264b06f7f11d2e14be534050481803a9e4728fcdd278e
LABEL org.opencontainers.image.title="k8s-mtp" \
      org.opencontainers.image.description="A multi-tenant Kubernetes platform: one Tenant becomes a secure, isolated namespace, and drift is corrected" \
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
# The user nonroot, by number for runAsNonRoot.
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/main.js"]
CMD ["serve"]
