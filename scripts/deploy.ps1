# From clone to an app in Azure: scripts/deploy.ps1 --help
$ErrorActionPreference = 'Stop'
$root = Split-Path -Parent $PSScriptRoot
if (-not (Test-Path (Join-Path $root 'node_modules'))) { npm --prefix $root ci }
# The folder stays the caller's: a path of --policy is the caller's too.
node (Join-Path $root 'scripts/deploy.mjs') @args
exit $LASTEXITCODE
