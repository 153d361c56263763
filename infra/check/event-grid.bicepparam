using '../main.bicep'

// Never deployed: Graph's changes by Event Grid into the queue, which a private network does not go with.
param name = 'contoso-licenser'
param location = 'westeurope'
param graphEvents = 'queue'
param graphEventsTopic = true
