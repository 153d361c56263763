import { app } from '@azure/functions';
import { handlers, schedules } from '../shared/wiring';

app.timer('users-delta', { schedule: schedules.delta, handler: handlers.usersDelta });
