const { app } = require('@azure/functions');
const { record, isWanted } = require('../journal');

if (isWanted('timers')) {
  app.timer('tick', {
    schedule: '%TICK_SCHEDULE%',
    useMonitor: process.env.TICK_MONITOR === 'true',
    handler: async (timer) => {
      record({ function: 'tick', timer });
      await new Promise((resolve) => setTimeout(resolve, Number(process.env.TICK_MS ?? 0)));
    },
  });
  app.timer('at-start', {
    schedule: '0 0 0 1 1 *',
    runOnStartup: true,
    retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: 0 },
    handler: (_timer, context) => {
      record({ function: 'at-start', retry: context.retryContext });
      if (context.retryContext.retryCount < 2) throw new Error('not yet');
    },
  });
}
