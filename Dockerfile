# syntax=docker/dockerfile:1
# The images of worker and gateway. glibc, not Alpine: Temporal's SDK has no binary for musl.
# Pinned by tag; pin the digest as well where you build (docs/guides/containers.md).
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

# All dependencies, the compiler among them: dist, with the workflow code bundled.
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Scripts of packages are not run, here and below: nothing that is built or runs here needs one.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.base.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

# What runs: no compiler, no tests, and of Temporal's core only what is for Linux.
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/@temporalio/core-bridge/releases/*-apple-darwin \
    node_modules/@temporalio/core-bridge/releases/*-pc-windows-msvc

FROM ${NODE_IMAGE} AS runtime
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="intent-engine" \
  org.opencontainers.image.description="Durable, audited state machines: Temporal decides, Postgres witnesses." \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.base.name="docker.io/library/node:24.21.0-bookworm-slim"
ENV NODE_ENV=production
WORKDIR /app
# Owned by root and only read by whoever runs it; nothing is written at run time.
COPY package.json LICENSE THIRD_PARTY_LICENSES.md ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY migrations ./migrations
COPY --from=build /app/dist ./dist
# A number, so that Kubernetes sees that it is not root.
USER 1000:1000
# Node itself, as process 1: it gets the signals. Worker and gateway end what is under way on SIGTERM.
STOPSIGNAL SIGTERM
ENTRYPOINT []

FROM runtime AS gateway
ENV INTENT_GATEWAY_ADDRESS=0.0.0.0:8333
EXPOSE 8333
# Whether the process lives. Whether Postgres and Temporal answer is at /readyz: being restarted would not help there.
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8333/livez').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/gateway/main.js"]

# The last one, which "docker build ." makes. Also for jobs: node dist/cli/main.js migrate
FROM runtime AS worker
ENV INTENT_METRICS_ADDRESS=0.0.0.0:9464
EXPOSE 9464
CMD ["node", "dist/worker/main.js"]
