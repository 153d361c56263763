@description('Name of the app.')
@minLength(2)
@maxLength(60)
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Resource id of the identity the app runs as.')
param identityId string

@description('URL of the blob container that holds the deployed package.')
param packageContainerUrl string

@description('Most instances per function.')
param maximumInstanceCount int

@description('Memory of an instance in MB.')
param instanceMemoryMB int

@description('Instances of decide and of apply that never sleep.')
param alwaysReadyInstances int

@description('One instance of the HTTP functions never sleeps: Graph waits for an answer for a few seconds only.')
param isHttpAlwaysReady bool

@description('Version of Node.js.')
param nodeVersion string

@description('Instances in several zones.')
param zoneRedundant bool

@description('Resource id of the subnet that the app runs in. Empty: no private network.')
param subnetId string

// On Flex every queue and every timer scales on its own, so each has its own warm instances; HTTP is one group.
var alwaysReady = concat(
  alwaysReadyInstances == 0
    ? []
    : [
        { name: 'function:decide', instanceCount: alwaysReadyInstances }
        { name: 'function:apply', instanceCount: alwaysReadyInstances }
      ],
  isHttpAlwaysReady ? [{ name: 'http', instanceCount: 1 }] : []
)

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: '${name}-plan'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true, zoneRedundant: zoneRedundant }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: { minTlsVersion: '1.2' }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: { name: 'node', version: nodeVersion }
      scaleAndConcurrency: {
        maximumInstanceCount: maximumInstanceCount
        instanceMemoryMB: instanceMemoryMB
        alwaysReady: alwaysReady
      }
    }
  }
}

// Publishing signs in with Entra ID: there is no publishing password to steal.
resource publishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

resource ftp 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

@description('Name of the app.')
output name string = app.name

@description('Host name of the app.')
output host string = app.properties.defaultHostName
