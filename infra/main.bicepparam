using 'main.bicep'

// What most tenants want to choose. Every parameter and its default is described in main.bicep. The values come from
// the environment, so that no file of the repository has to be edited; scripts/deploy.mjs and azd set them.
param name = readEnvironmentVariable('LICENSER_NAME', 'licenser')
param permissions = readEnvironmentVariable('LICENSER_PERMISSIONS', 'license-only')
param notifications = bool(readEnvironmentVariable('LICENSER_NOTIFICATIONS', 'false'))
param alertEmails = json(readEnvironmentVariable('LICENSER_ALERT_EMAILS', '[]'))
param operators = json(readEnvironmentVariable('LICENSER_OPERATORS', '[]'))
param operationsClientId = readEnvironmentVariable('LICENSER_OPS_CLIENT_ID', '')
param instanceMemoryMB = any(int(readEnvironmentVariable('LICENSER_INSTANCE_MEMORY_MB', '2048')))
param alwaysReadyInstances = int(readEnvironmentVariable('LICENSER_ALWAYS_READY', '1'))
param storageSku = readEnvironmentVariable('LICENSER_STORAGE_SKU', 'Standard_ZRS')
param lockLedger = bool(readEnvironmentVariable('LICENSER_LOCK_LEDGER', 'true'))
param privateNetwork = bool(readEnvironmentVariable('LICENSER_PRIVATE_NETWORK', 'false'))
param zoneRedundant = bool(readEnvironmentVariable('LICENSER_ZONE_REDUNDANT', 'false'))
// Set in the shell for the one deployment that switches notifications on (docs/deploy.md); never written here.
param notificationKey = readEnvironmentVariable('NOTIFICATION_KEY', '')
