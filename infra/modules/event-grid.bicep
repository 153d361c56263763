// Graph's changes by Event Grid. Microsoft Graph may make its partner topic in this group; it does so when the app subscribes.
// https://learn.microsoft.com/azure/event-grid/subscribe-to-graph-api-events
@description('Tags.')
param tags object

// The partner "MicrosoftGraphAPI", the same in every tenant.
var graphRegistration = 'c02e0126-707c-436d-b6a1-175d2748fb58'

// A group has one configuration, of this name.
resource partners 'Microsoft.EventGrid/partnerConfigurations@2025-02-15' = {
  name: 'default'
  location: 'global'
  tags: tags
  properties: {
    partnerAuthorization: {
      // Only making a topic needs it: a topic that is there goes on without.
      defaultMaximumExpirationTimeInDays: 365
      authorizedPartnersList: [
        { partnerName: 'MicrosoftGraphAPI', partnerRegistrationImmutableId: graphRegistration }
      ]
    }
  }
}
