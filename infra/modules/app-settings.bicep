// What shared/config/config.ts reads, and what the Functions host needs to sign in as the app's identity.
// Settings that are missing here keep the default of docs/settings.md.
@description('The app that gets the settings. Settings that are not listed here are removed from it.')
param functionAppName string

@description('Client id of the app\'s identity.')
param identityClientId string

@description('Storage account of the host.')
param storageAccountName string

@description('Endpoint of the tables.')
param tablesEndpoint string

@description('Host name of the Service Bus namespace.')
param serviceBusHost string

@description('Application Insights component that gets the telemetry.')
param applicationInsightsName string

@description('Vault with the secrets.')
param keyVaultName string

@description('The policy file inside the deployed package.')
param policyPath string

@description('full or license-only.')
param permissions string

@description('Part of the tenant\'s license-write quota that this app may use.')
param quotaShare string

@description('Number of lanes in which licenses are changed.')
param lanes int

@description('How often changed users are asked for.')
param deltaSchedule string

@description('Have Graph call the app when a user changes.')
param notifications bool

@description('off, webhook or queue: how Graph\'s changes come from Event Grid.')
param graphEvents string

@description('Where Graph hands its changes to Event Grid, as a subscription names it.')
param eventGridAddress string

@description('Event hub with Entra\'s audit log. Empty: it is not read.')
param auditHub string

@description('Host name of the Event Hubs namespace.')
param eventHubsHost string

@description('Call the outgoing webhook about trouble.')
param webhook bool

@description('Client id of the app registration of the operations API. Empty: the API stays closed.')
param operationsClientId string

@description('Further app settings by name. They add to the others and replace none.')
param extraSettings object

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: functionAppName
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

var hostSettings = {
  // DefaultAzureCredential takes the user-assigned identity with this client id.
  AZURE_CLIENT_ID: identityClientId
  AzureWebJobsStorage__accountName: storageAccountName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  // The exporter's reports of itself, to endpoints of Microsoft's, are not wanted.
  APPLICATION_INSIGHTS_NO_STATSBEAT: 'true'
  APPLICATIONINSIGHTS_SDKSTATS_DISABLED: 'true'
}

var licenserSettings = {
  ServiceBusConnection__fullyQualifiedNamespace: serviceBusHost
  ServiceBusConnection__credential: 'managedidentity'
  ServiceBusConnection__clientId: identityClientId
  // An identity gets tokens in its own tenant only.
  LICENSER_TENANT_ID: tenant().tenantId
  LICENSER_TABLES_ENDPOINT: tablesEndpoint
  LICENSER_POLICY_PATH: policyPath
  LICENSER_PERMISSIONS: permissions
  LICENSER_QUOTA_SHARE: quotaShare
  LICENSER_LANES: string(lanes)
  LICENSER_DELTA_SCHEDULE: deltaSchedule
  LICENSER_CLIENT_STATE: '@Microsoft.KeyVault(VaultName=${keyVaultName};SecretName=client-state)'
}

var notificationSettings = notifications
  ? {
      LICENSER_NOTIFICATION_URL: '@Microsoft.KeyVault(VaultName=${keyVaultName};SecretName=notification-url)'
    }
  : {}

// One subscription a resource: with Event Grid Graph does not call the app.
var eventGridSettings = graphEvents == 'off'
  ? {}
  : { LICENSER_GRAPH_EVENTS: graphEvents, LICENSER_NOTIFICATION_URL: eventGridAddress }

var auditSettings = empty(auditHub)
  ? {}
  : {
      LICENSER_AUDIT_HUB: auditHub
      EventHubConnection__fullyQualifiedNamespace: eventHubsHost
      EventHubConnection__credential: 'managedidentity'
      EventHubConnection__clientId: identityClientId
    }

var operationsSettings = empty(operationsClientId) ? {} : { LICENSER_OPS_CLIENT_ID: operationsClientId }

var webhookSettings = webhook
  ? {
      LICENSER_WEBHOOK_URL: '@Microsoft.KeyVault(VaultName=${keyVaultName};SecretName=webhook-url)'
      LICENSER_WEBHOOK_SECRET: '@Microsoft.KeyVault(VaultName=${keyVaultName};SecretName=webhook-secret)'
    }
  : {}

resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: union(extraSettings, hostSettings, licenserSettings, notificationSettings, eventGridSettings, auditSettings, operationsSettings, webhookSettings)
}
