using 'main.bicep'

// What an administrator chooses. Every parameter and its default is described in main.bicep. The values come from the
// environment, so that no file of the repository has to be edited; scripts/deploy.mjs and azd set them.
param name = readEnvironmentVariable('LICENSER_NAME', 'licenser')
param location = readEnvironmentVariable('LICENSER_LOCATION', '')
param tags = json(readEnvironmentVariable('LICENSER_TAGS', '{}'))
param permissions = readEnvironmentVariable('LICENSER_PERMISSIONS', 'license-only')
param quotaSharePercent = int(readEnvironmentVariable('LICENSER_QUOTA_SHARE_PERCENT', '80'))
param deltaSchedule = readEnvironmentVariable('LICENSER_DELTA_SCHEDULE', '*/15 * * * * *')
// azd makes the resources once, before the app that the key is of exists: then Graph is asked to call only later.
param notifications = bool(readEnvironmentVariable('LICENSER_NOTIFICATIONS', 'false')) && !bool(readEnvironmentVariable(
  'LICENSER_APP_IS_NEW',
  'false'
))
param graphEvents = readEnvironmentVariable('LICENSER_GRAPH_EVENTS', 'off')
param graphEventsTopic = bool(readEnvironmentVariable('LICENSER_GRAPH_EVENTS_TOPIC', 'false'))
param auditLog = bool(readEnvironmentVariable('LICENSER_AUDIT_LOG', 'false'))
param webhook = bool(readEnvironmentVariable('LICENSER_WEBHOOK', 'false'))
param extraSettings = json(readEnvironmentVariable('LICENSER_EXTRA_SETTINGS', '{}'))
param alertEmails = json(readEnvironmentVariable('LICENSER_ALERT_EMAILS', '[]'))
param operators = json(readEnvironmentVariable('LICENSER_OPERATORS', '[]'))
param operatorsMayReceive = bool(readEnvironmentVariable('LICENSER_OPERATORS_MAY_RECEIVE', 'false'))
param operationsClientId = readEnvironmentVariable('LICENSER_OPERATIONS_CLIENT_ID', '')
param serviceBusRights = readEnvironmentVariable('LICENSER_SERVICE_BUS_RIGHTS', 'manage')
param messageTimeToLive = readEnvironmentVariable('LICENSER_MESSAGE_TTL', 'P14D')
param nodeVersion = readEnvironmentVariable('LICENSER_NODE_VERSION', '24')
param instanceMemoryMB = any(int(readEnvironmentVariable('LICENSER_INSTANCE_MEMORY_MB', '2048')))
param alwaysReadyInstances = int(readEnvironmentVariable('LICENSER_ALWAYS_READY', '1'))
param maximumInstanceCount = int(readEnvironmentVariable('LICENSER_MAXIMUM_INSTANCES', '40'))
param storageSku = readEnvironmentVariable('LICENSER_STORAGE_SKU', 'Standard_ZRS')
param logRetentionDays = int(readEnvironmentVariable('LICENSER_LOG_RETENTION_DAYS', '30'))
param logDailyCapGB = int(readEnvironmentVariable('LICENSER_LOG_DAILY_CAP_GB', '1'))
param lockLedger = bool(readEnvironmentVariable('LICENSER_LOCK_LEDGER', 'true'))
param leaveLock = bool(readEnvironmentVariable('LICENSER_LEAVE_LOCK', 'false'))
param privateNetwork = bool(readEnvironmentVariable('LICENSER_PRIVATE_NETWORK', 'false'))
param networkAddressPrefix = readEnvironmentVariable('LICENSER_NETWORK', '10.90.0.0/23')
param zoneRedundant = bool(readEnvironmentVariable('LICENSER_ZONE_REDUNDANT', 'false'))
// Set in the shell for the one deployment that needs them (docs/deploy.md); the vault keeps them. Never written here.
param notificationKey = readEnvironmentVariable('NOTIFICATION_KEY', '')
param webhookUrl = readEnvironmentVariable('LICENSER_WEBHOOK_URL', '')
