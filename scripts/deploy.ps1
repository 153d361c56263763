# From clone to an app in Azure: scripts/deploy.ps1 --help
$ErrorActionPreference = 'Stop'
$root = Split-Path -Parent $PSScriptRoot
# After `git pull` other versions may be wanted than are installed.
if ((node (Join-Path $root 'scripts/packages-current.mjs')) -ne 'current') {
  npm --prefix $root ci
  # PowerShell goes on after a program that failed.
  if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}
# The folder stays the caller's: a path of --policy is the caller's too.
node (Join-Path $root 'scripts/deploy.mjs') @args
exit $LASTEXITCODE
