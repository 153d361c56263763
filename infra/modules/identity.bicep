// The one identity of the app: towards Azure (roles.bicep) and towards Graph (docs/permissions.md). It is
// user-assigned, so that it and its Graph permissions outlive a function app that is made anew.
@description('Name of the identity.')
param name string

@description('Region.')
param location string

@description('Tags.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id.')
output id string = identity.id

@description('Object id of its service principal: what roles are granted to.')
output principalId string = identity.properties.principalId

@description('Client id: what the app names to sign in as this identity.')
output clientId string = identity.properties.clientId
