using 'main.bicep'

// What most tenants want to choose. Every parameter and its default is described in main.bicep.
param name = 'licenser'
param permissions = 'license-only'
param notifications = false
// Set in the shell for the one deployment that switches notifications on (docs/deploy.md); never written here.
param notificationKey = readEnvironmentVariable('NOTIFICATION_KEY', '')
