import { app } from '@azure/functions';
import { handlers } from '../shared/wiring';
import { opsHandlers } from '../shared/wiring-ops';

// The platform takes an instance away, or the host stops: both at once, they have 5 s.
app.hook.appTerminate(async () => {
  await Promise.all([handlers.appTerminate(), opsHandlers.appTerminate()]);
});
