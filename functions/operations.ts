import { app } from '@azure/functions';
import { serviceBusConnection } from '../shared/wiring';
import { operatorQueue, opsHandlers } from '../shared/wiring-ops';

app.serviceBusQueue('operations', {
  queueName: operatorQueue,
  connection: serviceBusConnection,
  cardinality: 'one',
  handler: opsHandlers.operations,
});
