import { app } from '@azure/functions';
import { auditConsumerGroup, auditHub, eventHubConnection, handlers } from '../shared/wiring';

// Off unless LICENSER_AUDIT_HUB names a hub. Without end: the place in the hub stays where it is until a call has finished.
if (auditHub !== undefined) {
  app.eventHub('entra-audit-log', {
    eventHubName: auditHub,
    connection: eventHubConnection,
    consumerGroup: auditConsumerGroup,
    cardinality: 'many',
    retry: {
      strategy: 'exponentialBackoff',
      maxRetryCount: -1,
      minimumInterval: { seconds: 5 },
      maximumInterval: { minutes: 2 },
    },
    handler: handlers.auditLog,
  });
}
