import { app } from '@azure/functions';
import { handlers, schedules } from '../shared/wiring';

app.timer('waiting-list', { schedule: schedules.waitingList, handler: handlers.waitingList });
