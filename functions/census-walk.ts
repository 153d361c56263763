import { app } from '@azure/functions';
import { handlers, schedules } from '../shared/wiring';

app.timer('census-walk', { schedule: schedules.censusWalk, handler: handlers.censusWalk });
