// Everything the licenser runs on, in one resource group. docs/deploy.md walks through a first deployment.
targetScope = 'resourceGroup'

@description('Who operates the licenser: reads its tables, queues and logs (roles.bicep).')
type operator = {
  @description('Object id in the tenant of the subscription.')
  objectId: string
  @description('What the object is.')
  kind: 'User' | 'Group' | 'ServicePrincipal'
}

@description('Prefix of the names of the resources that people look for: lower-case letters, digits and hyphens, the first a letter, the last no hyphen.')
@minLength(2)
@maxLength(20)
param name string = 'licenser'

@description('Region of all resources, which must offer Flex Consumption. Empty: that of the group.')
param location string = ''

@description('Tags for all resources.')
param tags object = {}

@description('The policy file inside the deployed package.')
param policyPath string = 'policy/licensing.yaml'

@description('full: usage locations are filled in too, which needs User.ReadWrite.All. license-only: no user is ever changed.')
@allowed(['full', 'license-only'])
param permissions string = 'license-only'

@description('Part of the tenant\'s license-write quota that this app may use, in percent.')
@minValue(1)
@maxValue(100)
param quotaSharePercent int = 80

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

@description('Have Graph hand changes to Event Grid instead of calling the app: it posts them to the app (webhook), or puts them into a queue of the app (queue).')
@allowed(['off', 'webhook', 'queue'])
param graphEvents string = 'off'

@description('The partner topic of Event Grid is there, as it is some minutes after the app has subscribed: deliver its events into the queue. Used with graphEvents queue.')
param graphEventsTopic bool = false

@description('Read Entra\'s audit log from an event hub, which the tenant\'s diagnostic setting is to fill: it finds users whom the faster sources missed.')
param auditLog bool = false

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

@description('People and groups who operate the licenser.')
param operators operator[] = []

@description('Operators may peek into the queues when the functions are down (licenser --direct). The same right empties them, without a second person and without the audit: for emergencies.')
param operatorsMayReceive bool = false

@description('Client id of the app registration of the operations API (scripts/deploy/operations-app.mjs). Empty: the API stays closed.')
param operationsClientId string = ''

@description('Addresses that get a mail when users are not licensed. None: no alert is on.')
param alertEmails string[] = []

@description('Version of Node.js that the functions run on.')
@allowed(['22', '24'])
param nodeVersion string = '24'

@description('Most instances per function. Graph\'s quota is the speed limit, not this number. Flex Consumption takes no less than 40.')
@minValue(40)
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

@description('Most gigabytes of logs a day. What comes after that is thrown away until the next day. -1: no limit.')
@minValue(-1)
param logDailyCapGB int = 1

@description('Lock the storage account with the ledger against deletion. Making a lock takes User Access Administrator or Owner.')
param lockLedger bool = true

@description('This deployment leaves the lock as it is, because who deploys may make none. What is chosen for later ones stays.')
param leaveLock bool = false

@description('Storage, Service Bus and the vault are reached by private endpoints only. Service Bus then is Premium, which is billed by the hour.')
param privateNetwork bool = false

@description('Addresses of the private network, CIDR, at least a /23. Used with privateNetwork.')
param networkAddressPrefix string = '10.90.0.0/23'

@description('Instances in several zones. Then at least two instances of decide and of apply are always ready.')
param zoneRedundant bool = false

var nameCharacters = map(range(0, length(name)), index => substring(name, index, 1))
// Service Bus wants a letter first, a function app no hyphen last:
// https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
var isNameValid = empty(filter(
    nameCharacters,
    character => !contains('abcdefghijklmnopqrstuvwxyz0123456789-', character)
  )) && contains('abcdefghijklmnopqrstuvwxyz', first(name)) && last(name) != '-'
// Two environments in one group differ by name, so their resources do too.
var suffix = isNameValid
  ? uniqueString(resourceGroup().id, name)
  : fail('name may hold lower-case letters, digits and hyphens only, and must begin with a letter and not end with a hyphen')
var region = empty(location) ? resourceGroup().location : location
var functionAppName = '${name}-${suffix}'
var storageAccountName = 'st${suffix}'
var serviceBusNamespaceName = '${name}-bus-${suffix}'
var keyVaultName = 'kv-${suffix}'
var applicationInsightsName = '${name}-insights'
var identityName = '${name}-identity'
var workspaceName = '${name}-logs'

// Event Grid reaches a namespace behind private endpoints as a trusted service alone, which this deployment does not set up.
// https://learn.microsoft.com/azure/event-grid/handler-service-bus
var checkedGraphEvents = graphEvents == 'queue' && privateNetwork
  ? fail('graphEvents must be webhook with privateNetwork: Event Grid does not reach the queue')
  : graphEvents
var isByEventGrid = checkedGraphEvents != 'off'
var isDelivered = checkedGraphEvents == 'queue' && graphEventsTopic
var partnerTopicName = '${name}-graph-${suffix}'
var eventGridAddress = 'EventGrid:?azuresubscriptionid=${subscription().subscriptionId}&resourcegroup=${resourceGroup().name}&partnertopic=${partnerTopicName}&location=${region}'

// Azure Monitor would have to reach a namespace behind private endpoints as a trusted service, which this deployment does not set up.
var isAuditRead = auditLog && privateNetwork
  ? fail('auditLog does not go with privateNetwork: Azure Monitor does not reach the event hub')
  : auditLog
var auditHub = loadJsonContent('../local/service-bus.config.json').UserConfig.NamespaceConfig[0].Entities[0].Name
var eventHubsNamespaceName = '${name}-hub-${suffix}'

// Bicep has no fractions: 80 becomes 0.80, 100 becomes 1.00.
var quotaShare = '${quotaSharePercent / 100}.${padLeft(quotaSharePercent % 100, 2, '0')}'

var checkedDeltaSchedule = length(split(deltaSchedule, ' ')) == 6
  ? deltaSchedule
  : fail('deltaSchedule must be NCRONTAB with six fields, the first of them seconds')
var checkedTimeToLive = startsWith(messageTimeToLive, 'P') && length(messageTimeToLive) > 2
  ? messageTimeToLive
  : fail('messageTimeToLive must be an ISO 8601 duration such as P14D')

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: { name: identityName, location: region, tags: tags }
}

module logAnalytics 'modules/log-analytics.bicep' = {
  name: 'log-analytics'
  params: {
    name: workspaceName
    location: region
    tags: tags
    retentionInDays: logRetentionDays
    dailyCapGB: logDailyCapGB
  }
}

module applicationInsights 'modules/application-insights.bicep' = {
  name: 'application-insights'
  params: {
    name: applicationInsightsName
    location: region
    tags: tags
    workspaceId: logAnalytics.outputs.id
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: storageAccountName
    location: region
    tags: tags
    skuName: storageSku
    isPrivate: privateNetwork
  }
}

module serviceBus 'modules/service-bus.bicep' = {
  name: 'service-bus'
  params: {
    name: serviceBusNamespaceName
    location: region
    tags: tags
    messageTimeToLive: checkedTimeToLive
    isPrivate: privateNetwork
  }
}

module eventHub 'modules/event-hub.bicep' = if (isAuditRead) {
  name: 'event-hub'
  params: { name: eventHubsNamespaceName, location: region, tags: tags }
}

module keyVault 'modules/key-vault.bicep' = {
  name: 'key-vault'
  params: { name: keyVaultName, location: region, tags: tags, isPrivate: privateNetwork }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  params: {
    name: name
    location: region
    tags: tags
    addressPrefix: networkAddressPrefix
    storageAccountId: storage.outputs.id
    serviceBusNamespaceId: serviceBus.outputs.id
    keyVaultId: keyVault.outputs.id
  }
}

module roles 'roles.bicep' = {
  name: 'roles'
  params: {
    principalId: identity.outputs.principalId
    identityName: identityName
    storageAccountName: storageAccountName
    serviceBusNamespaceName: serviceBusNamespaceName
    serviceBusRights: serviceBusRights
    eventHubsNamespaceName: isAuditRead ? eventHubsNamespaceName : ''
    keyVaultName: keyVaultName
    applicationInsightsName: applicationInsightsName
    workspaceName: workspaceName
    operators: operators
    operatorsMayReceive: operatorsMayReceive
  }
  // Names are given as they are, not as outputs, so that "what-if" can tell them; hence the order is said here.
  dependsOn: [storage, serviceBus, eventHub, keyVault, applicationInsights, logAnalytics]
}

module functionApp 'modules/function-app.bicep' = {
  name: 'function-app'
  params: {
    name: functionAppName
    location: region
    tags: tags
    identityId: identity.outputs.id
    packageContainerUrl: storage.outputs.packageContainerUrl
    maximumInstanceCount: maximumInstanceCount
    instanceMemoryMB: instanceMemoryMB
    alwaysReadyInstances: zoneRedundant ? max(2, alwaysReadyInstances) : alwaysReadyInstances
    isHttpAlwaysReady: notifications || checkedGraphEvents == 'webhook'
    nodeVersion: nodeVersion
    zoneRedundant: zoneRedundant
    subnetId: network.?outputs.appSubnetId ?? ''
  }
  dependsOn: [roles]
}

module secrets 'modules/secrets.bicep' = {
  name: 'secrets'
  params: {
    keyVaultName: keyVaultName
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
    storageAccountName: storageAccountName
    tablesEndpoint: storage.outputs.tablesEndpoint
    serviceBusHost: serviceBus.outputs.host
    applicationInsightsName: applicationInsightsName
    keyVaultName: keyVaultName
    policyPath: policyPath
    permissions: permissions
    quotaShare: quotaShare
    lanes: lanes
    deltaSchedule: checkedDeltaSchedule
    notifications: notifications
    graphEvents: checkedGraphEvents
    eventGridAddress: eventGridAddress
    auditHub: isAuditRead ? auditHub : ''
    eventHubsHost: eventHub.?outputs.host ?? ''
    webhook: webhook
    operationsClientId: operationsClientId
    extraSettings: extraSettings
  }
  dependsOn: [roles, secrets, applicationInsights]
}

module eventGrid 'modules/event-grid.bicep' = if (isByEventGrid) {
  name: 'event-grid'
  params: { tags: tags }
}

// Made by Microsoft Graph; a deployment of it keeps what it is of.
resource partnerTopic 'Microsoft.EventGrid/partnerTopics@2025-02-15' existing = if (isDelivered) {
  name: partnerTopicName
}

module eventGridDelivery 'modules/event-grid-delivery.bicep' = if (isDelivered) {
  name: 'event-grid-delivery'
  params: {
    topicName: partnerTopicName
    location: region
    tags: tags
    topicSource: partnerTopic.?properties.source ?? ''
    identityId: identity.outputs.id
    serviceBusNamespaceName: serviceBusNamespaceName
  }
  dependsOn: [roles, eventGrid]
}

module diagnostics 'modules/diagnostics.bicep' = {
  name: 'diagnostics'
  params: {
    storageAccountName: storageAccountName
    serviceBusNamespaceName: serviceBusNamespaceName
    keyVaultName: keyVaultName
    workspaceId: logAnalytics.outputs.id
  }
  dependsOn: [storage, serviceBus, keyVault]
}

// Also without addresses, switched off then: a deployment removes nothing, so alerts that were on would stay on.
module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    name: name
    location: region
    tags: tags
    emails: alertEmails
    workspaceId: logAnalytics.outputs.id
    applicationInsightsId: applicationInsights.outputs.id
    serviceBusNamespaceId: serviceBus.outputs.id
    healthUrl: 'https://${functionApp.outputs.host}/api/health'
    notifications: notifications || isByEventGrid
    auditLog: isAuditRead
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  params: { location: region, tags: tags, applicationInsightsId: applicationInsights.outputs.id }
}

module lock 'modules/lock.bicep' = if (lockLedger && !leaveLock) {
  name: 'lock'
  params: { storageAccountName: storageAccountName }
  dependsOn: [storage]
}

@description('Name of the function app, for publishing.')
output functionAppName string = functionApp.outputs.name

@description('Where the app answers.')
output functionAppUrl string = 'https://${functionApp.outputs.host}'

@description('Name of the storage account with the ledger.')
output storageAccountName string = storageAccountName

@description('Name of the vault.')
output keyVaultName string = keyVaultName

@description('Object id of the app\'s identity, for granting Graph permissions (docs/permissions.md).')
output identityPrincipalId string = identity.outputs.principalId

@description('Namespace of the event hub with the audit log; empty: it is not read.')
output eventHubsNamespaceName string = isAuditRead ? eventHubsNamespaceName : ''

// The following are named as the CLI's settings are, so that one command puts them into an operator's environment.
@description('Host name of the Service Bus namespace.')
output ServiceBusConnection__fullyQualifiedNamespace string = serviceBus.outputs.host

@description('Tenant whose users are licensed.')
output LICENSER_TENANT_ID string = tenant().tenantId

@description('Endpoint of the tables.')
output LICENSER_TABLES_ENDPOINT string = storage.outputs.tablesEndpoint

@description('Address of the app, whose operations API the CLI calls.')
output LICENSER_OPS_URL string = 'https://${functionApp.outputs.host}'

@description('Client id of the app registration of the operations API; empty while there is none.')
output LICENSER_OPS_CLIENT_ID string = operationsClientId
