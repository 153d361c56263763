// The queues and their settings come from the file that the local broker reads too; only how long a message may
// wait is different here, because the emulator allows no more than an hour.
@description('Name of the namespace.')
@minLength(6)
@maxLength(50)
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('How long a message may wait before it becomes a dead letter, as an ISO 8601 duration.')
param messageTimeToLive string

@description('Only private endpoints are answered; only Premium has them.')
param isPrivate bool

var queues = loadJsonContent('../../local/service-bus.config.json').UserConfig.Namespaces[0].Queues

resource namespace 'Microsoft.ServiceBus/namespaces@2026-01-01' = {
  name: name
  location: location
  tags: tags
  // Sessions and scheduled messages need Standard; Basic has neither.
  sku: isPrivate ? { name: 'Premium', tier: 'Premium', capacity: 1 } : { name: 'Standard', tier: 'Standard' }
  properties: {
    // No shared access keys: everybody signs in, and roles.bicep says who may do what.
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
  }
}

resource queue 'Microsoft.ServiceBus/namespaces/queues@2026-01-01' = [
  for item in queues: {
    parent: namespace
    name: item.Name
    properties: {
      lockDuration: item.Properties.LockDuration
      maxDeliveryCount: item.Properties.MaxDeliveryCount
      requiresSession: item.Properties.RequiresSession
      requiresDuplicateDetection: item.Properties.RequiresDuplicateDetection
      deadLetteringOnMessageExpiration: item.Properties.DeadLetteringOnMessageExpiration
      defaultMessageTimeToLive: messageTimeToLive
    }
  }
]

@description('Resource id.')
output id string = namespace.id

@description('Host name that clients connect to.')
output host string = replace(replace(namespace.properties.serviceBusEndpoint, 'https://', ''), ':443/', '')
