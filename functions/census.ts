import { app } from '@azure/functions';
import { handlers, schedules } from '../shared/wiring';

app.timer('census', { schedule: schedules.census, handler: handlers.census });
