@description('Name of the workspace.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Days for which logs are kept.')
param retentionInDays int

@description('Most gigabytes a day; -1: no limit.')
param dailyCapGB int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionInDays
    workspaceCapping: { dailyQuotaGb: dailyCapGB }
  }
}

@description('Resource id.')
output id string = workspace.id

@description('Name.')
output name string = workspace.name
