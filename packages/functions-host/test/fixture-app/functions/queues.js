const { app } = require('@azure/functions');
const { record, isWanted } = require('../journal');

const calls = new Map();

/** Counts what runs at the same time under one key. */
async function measured(key, work) {
  calls.set(key, (calls.get(key) ?? 0) + 1);
  try {
    return await work(calls.get(key));
  } finally {
    calls.set(key, calls.get(key) - 1);
  }
}

function handlerOf(name) {
  return (body, context) =>
    measured(context.triggerMetadata.sessionId ?? name, async (concurrent) => {
      record({ function: name, body, concurrent, metadata: context.triggerMetadata });
      const order = body?.order ?? {};
      const { deliveryCount } = context.triggerMetadata;
      if (order.waitMs && !(order.waitOnce && deliveryCount > 1))
        await new Promise((resolve) => setTimeout(resolve, order.waitMs));
      if (order.failUntil > deliveryCount) throw new Error('asked to fail');
      record({ function: name, done: order.id });
    });
}

if (isWanted('queues')) {
  app.serviceBusQueue('plain', {
    connection: 'ServiceBusConnection',
    queueName: '%PLAIN_QUEUE%',
    handler: handlerOf('plain'),
  });
  app.serviceBusQueue('lanes', {
    connection: 'ServiceBusConnection',
    queueName: '%SESSION_QUEUE%',
    isSessionsEnabled: true,
    handler: handlerOf('lanes'),
  });
}
