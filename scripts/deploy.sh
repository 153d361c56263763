#!/usr/bin/env sh
# From clone to an app in Azure: scripts/deploy.sh --help
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
# npm writes this file last: without it an installation was cut off.
[ -f "$root/node_modules/.package-lock.json" ] || npm --prefix "$root" ci
# The folder stays the caller's: a path of --policy is the caller's too.
exec node "$root/scripts/deploy.mjs" "$@"
