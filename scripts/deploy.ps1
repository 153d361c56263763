# From clone to an app in Azure: scripts/deploy.ps1 --help
$ErrorActionPreference = 'Stop'
$root = Split-Path -Parent $PSScriptRoot
# npm writes this file last: without it an installation was cut off.
if (-not (Test-Path (Join-Path $root 'node_modules/.package-lock.json'))) {
  npm --prefix $root ci
  # PowerShell goes on after a program that failed.
  if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}
# The folder stays the caller's: a path of --policy is the caller's too.
node (Join-Path $root 'scripts/deploy.mjs') @args
exit $LASTEXITCODE
