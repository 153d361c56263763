# From clone to an app in Azure: scripts/deploy.ps1 --help
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '..')
if (-not (Test-Path 'node_modules')) { npm ci }
node scripts/deploy.mjs @args
exit $LASTEXITCODE
