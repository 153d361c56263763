import { app } from '@azure/functions';
import { handlers, queueNames, serviceBusConnection } from '../shared/wiring';

app.serviceBusQueue('apply', {
  queueName: queueNames.licenseChanges,
  connection: serviceBusConnection,
  isSessionsEnabled: true,
  cardinality: 'one',
  handler: handlers.apply,
});
