import { app } from '@azure/functions';
import { eventQueue, graphEventWay, handlers, serviceBusConnection } from '../shared/wiring';

// Off unless LICENSER_GRAPH_EVENTS says so: an app without Event Grid has no route and no trigger for it.
if (graphEventWay === 'webhook') {
  app.http('graph-events', {
    methods: ['POST', 'OPTIONS'],
    authLevel: 'function',
    route: 'graph-events',
    handler: handlers.graphEvents,
  });
}
if (graphEventWay === 'queue') {
  app.serviceBusQueue('graph-event-queue', {
    queueName: eventQueue,
    connection: serviceBusConnection,
    cardinality: 'one',
    handler: handlers.graphEventQueue,
  });
}
