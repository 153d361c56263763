import { app } from '@azure/functions';
import { handlers } from '../shared/wiring';

// The key travels in the notification URL's query (`?code=`), which Graph keeps on delivery.
app.http('graph-notification', {
  methods: ['POST'],
  authLevel: 'function',
  route: 'graph-notification',
  handler: handlers.graphNotification,
});
