// From the partner topic, which Microsoft Graph has made when the app subscribed, into the queue of the app.
@description('Name of the partner topic.')
param topicName string

@description('Region of the topic.')
param location string

@description('Tags.')
param tags object

@description('What the topic is of, as Microsoft Graph has set it.')
param topicSource string

@description('Resource id of the identity that Event Grid sends as: the app\'s, which may send to the namespace.')
param identityId string

@description('Service Bus namespace of the queue.')
param serviceBusNamespaceName string

resource queue 'Microsoft.ServiceBus/namespaces/queues@2026-01-01' existing = {
  name: '${serviceBusNamespaceName}/graph-events'
}

resource topic 'Microsoft.EventGrid/partnerTopics@2025-02-15' = {
  name: topicName
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: { source: topicSource, activationState: 'Activated' }
}

resource delivery 'Microsoft.EventGrid/partnerTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'to-licenser'
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    // No key: the namespace refuses keys.
    deliveryWithResourceIdentity: {
      identity: { type: 'UserAssigned', userAssignedIdentity: identityId }
      destination: {
        endpointType: 'ServiceBusQueue'
        properties: { resourceId: queue.id }
      }
    }
    // The most that Event Grid offers. What is lost after that, the deltas find.
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
  }
}
