import { app } from '@azure/functions';
import { handlers, schedules } from '../shared/wiring';

app.timer('dead-letters', { schedule: schedules.deadLetters, handler: handlers.deadLetters });
