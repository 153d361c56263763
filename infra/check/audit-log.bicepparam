using '../main.bicep'

// Never deployed: Entra's audit log by Event Hubs, which a private network does not go with.
param name = 'contoso-licenser'
param location = 'westeurope'
param auditLog = true
param alertEmails = ['licensing@contoso.example']
