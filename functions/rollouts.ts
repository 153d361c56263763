import { app } from '@azure/functions';
import { handlers, schedules } from '../shared/wiring';

app.timer('rollouts', { schedule: schedules.rollouts, handler: handlers.rollouts });
