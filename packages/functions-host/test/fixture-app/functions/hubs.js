const { app } = require('@azure/functions');
const { record, isWanted } = require('../journal');

const failed = new Set();

/** Fails the first time for a batch that holds an event with `failOnce`, and always for one with `fail`. */
function handlerOf(name) {
  return (events, context) => {
    const { retryContext } = context;
    record({ function: name, events, retry: retryContext, metadata: context.triggerMetadata });
    const odd = events.find((event) => event?.failOnce && !failed.has(event.id));
    if (odd) {
      failed.add(odd.id);
      throw new Error('asked to fail once');
    }
    if (events.some((event) => event?.fail)) throw new Error('asked to fail');
    record({ function: name, done: events.map((event) => event?.id ?? event) });
  };
}

if (isWanted('hubs')) {
  const options = { connection: 'EventHubConnection', consumerGroup: 'readers', cardinality: 'many' };
  app.eventHub('patient', {
    ...options,
    eventHubName: '%PATIENT_HUB%',
    retry: { strategy: 'fixedDelay', maxRetryCount: -1, delayInterval: { milliseconds: 0 } },
    handler: handlerOf('patient'),
  });
  app.eventHub('hasty', { ...options, eventHubName: 'hasty', handler: handlerOf('hasty') });
}
