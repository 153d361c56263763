import { app } from '@azure/functions';
import { handlers, queueNames, serviceBusConnection } from '../shared/wiring';

app.serviceBusQueue('apply-bulk', {
  queueName: queueNames.licenseChangesBulk,
  connection: serviceBusConnection,
  isSessionsEnabled: true,
  cardinality: 'one',
  handler: handlers.applyBulk,
});
