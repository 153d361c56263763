@description('Name of the component.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Resource id of the Log Analytics workspace that keeps the data.')
param workspaceId string

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: name
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspaceId
    // Telemetry is taken from signed-in senders only, so the connection string alone allows no write.
    DisableLocalAuth: true
  }
}

@description('Resource id.')
output id string = component.id
