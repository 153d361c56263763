import { app } from '@azure/functions';
import { opsHandlers } from '../shared/wiring-ops';

// Anonymous: the files hold nothing of the tenant, and who may read or act is checked by ops-api at every request.
app.http('ops-page', {
  methods: ['GET'],
  authLevel: 'anonymous',
  route: 'ui/{*path}',
  handler: opsHandlers.page,
});
