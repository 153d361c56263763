// Every right that the app's identity has in Azure; Graph's are in docs/permissions.md. Role ids are the same in
// every tenant: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
@description('Object id of the app\'s identity.')
param principalId string

@description('Name of the app\'s identity: names of role assignments come from it, because they must be known before it exists.')
param identityName string

@description('Storage account: host, package and tables.')
param storageAccountName string

@description('Service Bus namespace. It holds nothing but the queues of this app.')
param serviceBusNamespaceName string

@description('manage or receive-and-send.')
@allowed(['manage', 'receive-and-send'])
param serviceBusRights string

@description('Event Hubs namespace. It holds nothing but the audit log. Empty: there is none.')
param eventHubsNamespaceName string

@description('Vault with the secrets.')
param keyVaultName string

@description('Application Insights component.')
param applicationInsightsName string

@description('Workspace with the logs.')
param workspaceName string

@description('Operators may peek into the queues when the functions are down. The right that peeking takes also lets them receive: an operator with it can empty a queue without a second person and without the audit.')
param operatorsMayReceive bool

@description('Who operates the licenser: { objectId, kind }.')
param operators { objectId: string, kind: 'User' | 'Group' | 'ServicePrincipal' }[]

var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var storageTableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
var serviceBusDataOwner = '090c5cfd-751d-490a-894a-3ce6f1109419'
var serviceBusDataReceiver = '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'
var serviceBusDataSender = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
var eventHubsDataReceiver = 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde'
var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'
var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'
var storageTableDataReader = '76199698-9eea-4c19-bc75-cec21354c6b6'
var logAnalyticsReader = '73c42c96-874c-492b-b04d-ab87d138a893'

// Blobs: owner is what the host asks for. Tables: the app makes its own and writes them. Storage queues: unused.
// https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity
var storageRoles = [storageBlobDataOwner, storageTableDataContributor]

// Receiving and sending is what the app does. Data Owner adds Manage, without which message counts cannot be read:
// the platform then scales one instance at a time instead of by the length of the queue.
// https://learn.microsoft.com/azure/azure-functions/functions-target-based-scaling
var serviceBusRoles = serviceBusRights == 'manage'
  ? [serviceBusDataOwner]
  : [serviceBusDataReceiver, serviceBusDataSender]

resource storageAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageAccountName
}

resource serviceBusNamespace 'Microsoft.ServiceBus/namespaces@2026-01-01' existing = {
  name: serviceBusNamespaceName
}

resource eventHubsNamespace 'Microsoft.EventHub/namespaces@2024-01-01' existing = if (!empty(eventHubsNamespaceName)) {
  name: eventHubsNamespaceName
}

resource keyVault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: keyVaultName
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource onStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in storageRoles: {
    scope: storageAccount
    name: guid(storageAccount.id, identityName, role)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource onServiceBus 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in serviceBusRoles: {
    scope: serviceBusNamespace
    name: guid(serviceBusNamespace.id, identityName, role)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

// Reading, and nothing else: the place in the hub is kept in blobs of the host.
resource onEventHubs 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(eventHubsNamespaceName)) {
  scope: eventHubsNamespace
  name: guid(eventHubsNamespace.id, identityName, eventHubsDataReceiver)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', eventHubsDataReceiver)
  }
}

resource onKeyVault 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: keyVault
  name: guid(keyVault.id, identityName, keyVaultSecretsUser)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
  }
}

resource onApplicationInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: applicationInsights
  name: guid(applicationInsights.id, identityName, monitoringMetricsPublisher)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
  }
}

// Operators read; what they change goes through the operations API, which asks for an app role of its own. The roles
// are for looking when the functions are down (licenser --direct). Receiving is what peeking takes, and it empties queues:
// it is off unless operatorsMayReceive says so.
resource operatorOnStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for person in operators: {
    scope: storageAccount
    name: guid(storageAccount.id, toLower(person.objectId), storageTableDataReader)
    properties: {
      principalId: person.objectId
      principalType: person.kind
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        storageTableDataReader
      )
    }
  }
]

resource operatorOnServiceBus 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for person in (operatorsMayReceive ? operators : []): {
    scope: serviceBusNamespace
    name: guid(serviceBusNamespace.id, toLower(person.objectId), serviceBusDataReceiver)
    properties: {
      principalId: person.objectId
      principalType: person.kind
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        serviceBusDataReceiver
      )
    }
  }
]

resource operatorOnLogs 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for person in operators: {
    scope: workspace
    name: guid(workspace.id, toLower(person.objectId), logAnalyticsReader)
    properties: {
      principalId: person.objectId
      principalType: person.kind
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', logAnalyticsReader)
    }
  }
]
