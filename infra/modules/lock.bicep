// The tables are the record of what was granted. Without it, licenses that are in use look like other people's.
@description('Storage account that is protected from deletion, also from that of its group.')
param storageAccountName string

resource storageAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageAccountName
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = {
  scope: storageAccount
  name: 'keep-the-ledger'
  properties: {
    level: 'CanNotDelete'
    notes: 'Its tables are the record of what the licenser granted. docs/deploy.md says how to remove everything.'
  }
}
