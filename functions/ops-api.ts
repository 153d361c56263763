import { app } from '@azure/functions';
import { opsHandlers } from '../shared/wiring-ops';

// Anonymous for the platform: every route checks the caller's access token itself.
app.http('ops-api', {
  methods: ['GET', 'POST'],
  authLevel: 'anonymous',
  route: 'ops/v1/{*path}',
  handler: opsHandlers.api,
});
