# Made by cdk8s-tars from the service model. Change main.ts, not this file.
# Build it by BuildKit, with the context app/frontend

# All packages. A change of the sources leaves this stage as it is.
FROM node:22.21.1-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc* ./
RUN --mount=type=cache,target=/root/.npm \
    npm ci --no-audit --no-fund

# Target "development": the development server; the sources are mounted over those copied here.
FROM packages AS development
RUN userdel --remove node \
 && groupadd --gid 1000 app \
 && useradd --uid 1000 --gid 1000 --home-dir /app --no-create-home --shell /usr/sbin/nologin app
ENV NODE_ENV=development \
    NPM_CONFIG_CACHE=/tmp/.npm \
    NPM_CONFIG_UPDATE_NOTIFIER=false
COPY . .
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["node", "-e", "const s = require(\"net\").connect(3000, \"127.0.0.1\", () => process.exit(0)); s.on(\"error\", () => process.exit(1)); s.setTimeout(5000, () => process.exit(1))"]
CMD ["node", "node_modules/vite/bin/vite.js", "--configLoader", "native"]

# The built page, in dist/.
FROM packages AS build
COPY . .
RUN npm run build

# The packages that the server of the built page needs.
FROM node:22.21.1-slim AS modules
WORKDIR /app
COPY package.json package-lock.json .npmrc* ./
# An application without packages has no node_modules, and COPY wants one.
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --no-audit --no-fund \
 && mkdir -p node_modules

# What runs.
FROM node:22.21.1-slim AS production
RUN userdel --remove node \
 && groupadd --gid 1000 app \
 && useradd --uid 1000 --gid 1000 --home-dir /app --no-create-home --shell /usr/sbin/nologin app
ENV NODE_ENV=production
WORKDIR /app
COPY --from=modules /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY server.mjs ./server.mjs
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["node", "-e", "const s = require(\"net\").connect(3000, \"127.0.0.1\", () => process.exit(0)); s.on(\"error\", () => process.exit(1)); s.setTimeout(5000, () => process.exit(1))"]
CMD ["node", "server.mjs"]
