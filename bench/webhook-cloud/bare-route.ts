import { app } from '@azure/functions';
import { DefaultAzureCredential } from '@azure/identity';
import { loadConfig, processEnvironment } from '../../shared/config/config';
import { operatorQueue } from '../../shared/queue/operator-requests';
import { makeServiceBusClient } from '../../shared/wiring-clients';

/**
 * What the webhook is compared with, in the same host: it reads the body, sends it on as one message with the client that
 * the app uses, and answers 202. It checks nothing.
 */
const client = makeServiceBusClient(loadConfig(processEnvironment()), new DefaultAzureCredential());
const sender = client.createSender(operatorQueue);

app.http('bare', {
  methods: ['POST'],
  authLevel: 'function',
  route: 'bare',
  handler: async (request) => {
    await sender.sendMessages({ body: await request.text() });
    return { status: 202 };
  },
});
