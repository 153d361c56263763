// Everything the licenser runs on, in one resource group. docs/deploy.md walks through a first deployment.
targetScope = 'resourceGroup'

@description('Prefix of the names of the resources that people look for.')
@minLength(2)
@maxLength(20)
param name string = 'licenser'

@description('Region of all resources. It must offer Flex Consumption.')
param location string = resourceGroup().location

@description('Tags for all resources.')
param tags object = {}

@description('The policy file inside the deployed package.')
param policyPath string = 'policy/licensing.yaml'

@description('full: usage locations are filled in too, which needs User.ReadWrite.All. license-only: no user is ever changed.')
@allowed(['full', 'license-only'])
param permissions string = 'license-only'

@description('Part of the tenant\'s license-write quota that this app may use, from 0.01 to 1 (Bicep has no fractions, hence text).')
param quotaShare string = '0.8'

@description('Number of lanes in which licenses are changed. Keep it equal to maxConcurrentSessions in host.json.')
@minValue(1)
@maxValue(128)
param lanes int = 32

@description('How often changed users are asked for: six-field NCRONTAB, UTC.')
param deltaSchedule string = '*/15 * * * * *'

@description('Have Graph call the app when a user changes. Needs the secret notification-url, see notificationKey.')
param notifications bool = false

@description('Function key of graph-notification, given once: it is kept in the vault. Empty: the vault stays as it is.')
@secure()
param notificationKey string = ''

@description('Secret that Graph repeats in every notification. Used at the first deployment only; later ones keep what the vault holds.')
@secure()
param clientState string = newGuid()

@description('Call the outgoing webhook about trouble. Needs the secret webhook-url, see webhookUrl.')
param webhook bool = false

@description('URL of the outgoing webhook, given once: it is kept in the vault. Empty: the vault stays as it is.')
@secure()
param webhookUrl string = ''

@description('What calls of the outgoing webhook are signed with. Used at the first deployment only; later ones keep what the vault holds.')
@secure()
param webhookSecret string = newGuid()

@description('Further app settings by name (docs/settings.md). Never a secret: settings can be read by everyone who may read the app.')
param extraSettings object = {}

@description('How long a message may wait before it becomes a dead letter, as an ISO 8601 duration.')
param messageTimeToLive string = 'P14D'

@description('manage lets the platform scale by the number of waiting messages. receive-and-send is less, and scales one instance at a time.')
@allowed(['manage', 'receive-and-send'])
param serviceBusRights string = 'manage'

@description('Most instances per function. Graph\'s quota is the speed limit, not this number. Some regions refuse less than 40.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Memory of an instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Instances of decide and of apply that never sleep: what keeps a joiner from waiting for a cold start. 0: none.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int = 1

@description('Redundancy of the storage account. Its tables are the record of what was granted. Not every region has zones (ZRS).')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param storageSku string = 'Standard_ZRS'

@description('Days for which logs are kept. They name user ids.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

var suffix = uniqueString(resourceGroup().id)
var functionAppName = '${name}-${suffix}'

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: { name: '${name}-identity', location: location, tags: tags }
}

module logAnalytics 'modules/log-analytics.bicep' = {
  name: 'log-analytics'
  params: { name: '${name}-logs', location: location, tags: tags, retentionInDays: logRetentionDays }
}

module applicationInsights 'modules/application-insights.bicep' = {
  name: 'application-insights'
  params: {
    name: '${name}-insights'
    location: location
    tags: tags
    workspaceId: logAnalytics.outputs.id
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: { name: 'st${suffix}', location: location, tags: tags, skuName: storageSku }
}

module serviceBus 'modules/service-bus.bicep' = {
  name: 'service-bus'
  params: {
    name: '${name}-bus-${suffix}'
    location: location
    tags: tags
    messageTimeToLive: messageTimeToLive
  }
}

module keyVault 'modules/key-vault.bicep' = {
  name: 'key-vault'
  params: { name: 'kv-${suffix}', location: location, tags: tags }
}

module roles 'roles.bicep' = {
  name: 'roles'
  params: {
    principalId: identity.outputs.principalId
    storageAccountName: storage.outputs.name
    serviceBusNamespaceName: serviceBus.outputs.name
    serviceBusRights: serviceBusRights
    keyVaultName: keyVault.outputs.name
    applicationInsightsName: applicationInsights.outputs.name
  }
}

module functionApp 'modules/function-app.bicep' = {
  name: 'function-app'
  params: {
    name: functionAppName
    location: location
    tags: tags
    identityId: identity.outputs.id
    packageContainerUrl: storage.outputs.packageContainerUrl
    maximumInstanceCount: maximumInstanceCount
    instanceMemoryMB: instanceMemoryMB
    alwaysReadyInstances: alwaysReadyInstances
  }
  dependsOn: [roles]
}

module secrets 'modules/secrets.bicep' = {
  name: 'secrets'
  params: {
    keyVaultName: keyVault.outputs.name
    clientState: clientState
    notificationKey: notificationKey
    webhookUrl: webhookUrl
    webhookSecret: webhookSecret
    functionAppHost: functionApp.outputs.host
  }
}

// Last, so that the restart it causes finds the secrets and the rights to read them.
module appSettings 'modules/app-settings.bicep' = {
  name: 'app-settings'
  params: {
    functionAppName: functionApp.outputs.name
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.name
    tablesEndpoint: storage.outputs.tablesEndpoint
    serviceBusHost: serviceBus.outputs.host
    applicationInsightsName: applicationInsights.outputs.name
    keyVaultName: keyVault.outputs.name
    policyPath: policyPath
    permissions: permissions
    quotaShare: quotaShare
    lanes: lanes
    deltaSchedule: deltaSchedule
    notifications: notifications
    webhook: webhook
    extraSettings: extraSettings
  }
  dependsOn: [roles, secrets]
}

@description('Name of the function app, for publishing.')
output functionAppName string = functionApp.outputs.name

@description('Where the app answers.')
output functionAppUrl string = 'https://${functionApp.outputs.host}'

@description('Object id of the app\'s identity, for granting Graph permissions (docs/permissions.md).')
output identityPrincipalId string = identity.outputs.principalId
