import { app } from '@azure/functions';
import { handlers, schedules } from '../shared/wiring';

app.timer('graph-subscription', { schedule: schedules.subscription, handler: handlers.graphSubscription });
