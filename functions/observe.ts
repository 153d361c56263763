import { app } from '@azure/functions';
import { schedules } from '../shared/wiring';
import { opsHandlers } from '../shared/wiring-ops';

app.timer('observe', { schedule: schedules.observe, handler: opsHandlers.observe });
