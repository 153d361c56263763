import { app } from '@azure/functions';
import { handlers, queueNames, serviceBusConnection } from '../shared/wiring';

app.serviceBusQueue('decide', {
  queueName: queueNames.directoryChanges,
  connection: serviceBusConnection,
  cardinality: 'one',
  handler: handlers.decide,
});
