import { app } from '@azure/functions';
import { handlers } from '../shared/wiring';

app.http('health', { methods: ['GET'], authLevel: 'anonymous', route: 'health', handler: handlers.health });
