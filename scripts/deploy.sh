#!/usr/bin/env sh
# From clone to an app in Azure: scripts/deploy.sh --help
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
# After `git pull` other versions may be wanted than are installed.
[ "$(node "$root/scripts/packages-current.mjs")" = current ] || npm --prefix "$root" ci
# The folder stays the caller's: a path of --policy is the caller's too.
exec node "$root/scripts/deploy.mjs" "$@"
