// Who is woken, and when. The log alerts stand in alerts.json, each with what to do; docs/runbook.md explains them.
@description('Prefix of the names.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Addresses that get a mail. None: all alerts are off.')
param emails string[]

@description('Resource id of the workspace with the logs.')
param workspaceId string

@description('Resource id of the Application Insights component.')
param applicationInsightsId string

@description('Resource id of the Service Bus namespace.')
param serviceBusNamespaceId string

@description('Address of the app\'s health function.')
param healthUrl string

@description('Whether Graph calls the app: the alerts about notifications are on only then.')
param notifications bool

@description('Whether the app reads the audit log: the alert about it is on only then.')
param auditLog bool

var rules = loadJsonContent('alerts.json')
// A deployment removes nothing: what was on and is not wanted any more must be said to be off.
var areOn = !empty(emails)
var testName = '${name}-health'

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${name}-people'
  location: 'global'
  tags: tags
  properties: {
    enabled: areOn
    groupShortName: 'licenser'
    emailReceivers: [
      for (address, index) in emails: {
        name: 'mail-${index + 1}'
        emailAddress: address
        useCommonAlertSchema: true
      }
    ]
  }
}

resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${name}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Licenser: ${rule.title}'
      description: rule.todo
      severity: rule.severity
      enabled: areOn && (notifications || !rule.onlyWithNotifications) && (auditLog || !rule.onlyWithAuditLog)
      scopes: [workspaceId]
      evaluationFrequency: rule.every
      windowSize: rule.window
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      autoMitigate: true
      // The tables of the logs come into being with the first line; before that a query is not valid.
      skipQueryValidation: true
      actions: { actionGroups: [people.id] }
    }
  }
]

// https://learn.microsoft.com/azure/service-bus-messaging/monitor-service-bus-reference
resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-dead-letters'
  location: 'global'
  tags: tags
  properties: {
    description: 'Messages are dead letters and were not taken back. See "licenser failure list".'
    severity: 2
    enabled: areOn
    scopes: [serviceBusNamespaceId]
    evaluationFrequency: 'PT5M'
    // The app takes them back every five minutes: what is still there after fifteen stays.
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead-letters'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'DeadletteredMessages'
          dimensions: [{ name: 'EntityName', operator: 'Include', values: ['*'] }]
          timeAggregation: 'Minimum'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    autoMitigate: true
    actions: [{ actionGroupId: people.id }]
  }
}

resource healthTest 'Microsoft.Insights/webtests@2022-06-15' = {
  name: testName
  location: location
  // The portal finds the component of a test by this tag.
  tags: union(tags, { 'hidden-link:${applicationInsightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    Name: testName
    SyntheticMonitorId: testName
    Kind: 'standard'
    Enabled: areOn
    // Each test from each place is billed: every 15 minutes costs a third of every five.
    Frequency: 900
    Timeout: 60
    RetryEnabled: true
    // Three places are enough to tell an outage from a bad line: https://learn.microsoft.com/azure/azure-monitor/app/availability
    Locations: [
      { Id: 'emea-nl-ams-azr' }
      { Id: 'us-va-ash-azr' }
      { Id: 'apac-sg-sin-azr' }
    ]
    Request: { RequestUrl: healthUrl, HttpVerb: 'GET', ParseDependentRequests: false }
    ValidationRules: { ExpectedHttpStatusCode: 200, SSLCheck: true, SSLCertRemainingLifetimeCheck: 7 }
  }
}

resource health 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: '${name}-unhealthy'
  location: 'global'
  tags: tags
  properties: {
    description: 'The health function answers from two of three places with something else than 200. Open its address: it says what is wrong.'
    severity: 1
    enabled: areOn
    scopes: [healthTest.id, applicationInsightsId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT30M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: healthTest.id
      componentId: applicationInsightsId
      failedLocationCount: 2
    }
    autoMitigate: true
    actions: [{ actionGroupId: people.id }]
  }
}
