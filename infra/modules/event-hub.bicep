// The hub into which Entra's diagnostic setting streams the audit log. Its name, partitions and consumer group come from the
// file that the local broker reads too. The setting itself is the tenant's: docs/deploy.md, step 6.
@description('Name of the namespace.')
@minLength(6)
@maxLength(50)
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

var hub = loadJsonContent('../../local/service-bus.config.json').UserConfig.NamespaceConfig[0].Entities[0]

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  // Basic has no consumer group of one's own.
  sku: { name: 'Standard', tier: 'Standard', capacity: 1 }
  properties: {
    // Azure Monitor sends with a shared access policy and knows no other way; the app reads with its identity.
    // https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings#destination-limitations
    disableLocalAuth: false
    minimumTlsVersion: '1.2'
    publicNetworkAccess: 'Enabled'
  }
}

resource eventHub 'Microsoft.EventHub/namespaces/eventhubs@2024-01-01' = {
  parent: namespace
  name: hub.Name
  properties: {
    partitionCount: int(hub.PartitionCount)
    // An app that stands still for a weekend misses nothing.
    retentionDescription: { cleanupPolicy: 'Delete', retentionTimeInHours: 168 }
  }
}

resource consumerGroup 'Microsoft.EventHub/namespaces/eventhubs/consumergroups@2024-01-01' = {
  parent: eventHub
  name: hub.ConsumerGroups[0].Name
}

@description('Host name that clients connect to.')
output host string = replace(replace(namespace.properties.serviceBusEndpoint, 'https://', ''), ':443/', '')
