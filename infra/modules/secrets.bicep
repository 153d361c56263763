// The only two secrets of the product. Both belong to Graph's change notifications.
@description('Vault that keeps them.')
param keyVaultName string

@description('Secret that Graph repeats in every notification.')
@secure()
param clientState string

@description('Function key of graph-notification. Empty: the URL in the vault stays as it is.')
@secure()
param notificationKey string

@description('Host name of the function app.')
param functionAppHost string

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: keyVaultName
}

// A running subscription knows the value it was made with. A new one at every deployment would make the app throw
// away every notification until the subscription is made anew.
@onlyIfNotExists()
resource clientStateSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'client-state'
  properties: { value: clientState, contentType: 'LICENSER_CLIENT_STATE' }
}

resource notificationUrlSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = if (!empty(notificationKey)) {
  parent: vault
  name: 'notification-url'
  properties: {
    value: 'https://${functionAppHost}/api/graph-notification?code=${uriComponent(notificationKey)}'
    contentType: 'LICENSER_NOTIFICATION_URL'
  }
}
