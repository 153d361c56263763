// The secrets of the product: two of Graph's change notifications, two of the outgoing webhook.
@description('Vault that keeps them.')
param keyVaultName string

@description('Secret that Graph repeats in every notification.')
@secure()
param clientState string

@description('Function key of graph-notification. Empty: the URL in the vault stays as it is.')
@secure()
param notificationKey string

@description('URL of the outgoing webhook. Empty: the vault stays as it is.')
@secure()
param webhookUrl string

@description('What calls of the outgoing webhook are signed with. Used when the vault has none yet.')
@secure()
param webhookSecret string

@description('Host name of the function app.')
param functionAppHost string

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: keyVaultName
}

// A running subscription knows the value it was made with. A new one at every deployment would make the app throw
// away every notification until the subscription is made anew.
@onlyIfNotExists()
resource clientStateSecret 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = {
  parent: vault
  name: 'client-state'
  properties: { value: clientState, contentType: 'LICENSER_CLIENT_STATE' }
}

resource notificationUrlSecret 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = if (!empty(notificationKey)) {
  parent: vault
  name: 'notification-url'
  properties: {
    value: 'https://${functionAppHost}/api/graph-notification?code=${uriComponent(notificationKey)}'
    contentType: 'LICENSER_NOTIFICATION_URL'
  }
}

resource webhookUrlSecret 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = if (!empty(webhookUrl)) {
  parent: vault
  name: 'webhook-url'
  properties: { value: webhookUrl, contentType: 'LICENSER_WEBHOOK_URL' }
}

// The receiver of the calls knows it: a new one at every deployment would make all of them look forged.
@onlyIfNotExists()
resource webhookSecretSecret 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = {
  parent: vault
  name: 'webhook-secret'
  properties: { value: webhookSecret, contentType: 'LICENSER_WEBHOOK_SECRET' }
}
