// Platform logs and metrics of the resources beside the app, kept in the same workspace.
@description('Storage account with the tables.')
param storageAccountName string

@description('Service Bus namespace.')
param serviceBusNamespaceName string

@description('Vault with the secrets.')
param keyVaultName string

@description('Resource id of the workspace.')
param workspaceId string

resource storageAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageAccountName

  resource tables 'tableServices' existing = {
    name: 'default'
  }
}

resource serviceBusNamespace 'Microsoft.ServiceBus/namespaces@2026-01-01' existing = {
  name: serviceBusNamespaceName
}

resource keyVault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: keyVaultName
}

resource ofServiceBus 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: serviceBusNamespace
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    // Who changed a queue or was refused; not every message.
    logs: [{ category: 'OperationalLogs', enabled: true }]
    // What comes in and what is completed, as the alert "stuck" asks for it; depths are not exported.
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource ofKeyVault 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: keyVault
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'AuditEvent', enabled: true }]
  }
}

// Deletions only: reads and writes of rows are many and are billed by the gigabyte.
resource ofTables 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: storageAccount::tables
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'StorageDelete', enabled: true }]
  }
}
