using '../main.bicep'

// Never deployed: with every switch on, so that the snapshot holds what the switches make. The ids are made up.
param name = 'contoso-licenser'
param location = 'westeurope'
param permissions = 'full'
param notifications = true
param graphEvents = 'webhook'
param webhook = true
param webhookUrl = ''
param quotaSharePercent = 100
param operators = [
  { objectId: 'aaaaaaaa-0000-4000-8000-00000000a001', kind: 'User' }
  { objectId: 'aaaaaaaa-0000-4000-8000-00000000a002', kind: 'Group' }
]
param operatorsMayReceive = true
param operationsClientId = 'aaaaaaaa-0000-4000-8000-00000000b001'
param alertEmails = ['licensing@contoso.example']
param nodeVersion = '22'
param instanceMemoryMB = 512
param privateNetwork = true
param zoneRedundant = true
param serviceBusRights = 'receive-and-send'
param logDailyCapGB = -1
