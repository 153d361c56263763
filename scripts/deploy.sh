#!/usr/bin/env sh
# From clone to an app in Azure: scripts/deploy.sh --help
set -eu
cd "$(dirname "$0")/.."
[ -d node_modules ] || npm ci
exec node scripts/deploy.mjs "$@"
