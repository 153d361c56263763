import { createEmptyPipeline, createHttpHeaders } from '@azure/core-rest-pipeline';
import { ServiceBusError } from '@azure/service-bus';
import type { ServiceBusAdministrationClient, ServiceBusClient } from '@azure/service-bus';
import { describe, expect, it } from '@jest/globals';
import { PermanentError, TransientError } from '../../../shared/kernel/errors';
import { oneClient } from '../../support/one-client';
import { makeServiceBusQueueInspector } from '../../../shared/queue/service-bus-queue-inspector';

const ofBroker = (code: ServiceBusError['code']) => new ServiceBusError('from the broker', code);
const ofAdministration = (facts: object) => Object.assign(new Error('from the administration'), facts);
const afterAttempts = (error: Error) => new AggregateError([new Error('the first attempt'), error]);

/** An inspector of a namespace that answers everything with this error; `closed`: receivers that were given back. */
function inspect(error: Error) {
  let closed = 0;
  const refuse = () => Promise.reject(error);
  const receiver = { peekMessages: refuse, close: async () => void (closed += 1) };
  // Counts are asked for here first; what is no description is left to the client.
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy({
    name: 'refuse',
    sendRequest: async (request) => ({ request, status: 404, headers: createHttpHeaders() }),
  });
  const administration = { getQueueRuntimeProperties: refuse, getQueue: refuse, pipeline };
  const inspector = makeServiceBusQueueInspector(
    administration as unknown as ServiceBusAdministrationClient,
    oneClient({
      createReceiver: () => receiver,
      fullyQualifiedNamespace: 'contoso.servicebus.windows.net',
    } as unknown as ServiceBusClient),
  );
  const calls = [
    () => inspector.counts('directory-changes'),
    () => inspector.settings('directory-changes'),
    () => inspector.peek('directory-changes', 1, { deadLetters: false }),
  ];
  return { calls, inspector, closed: () => closed };
}

describe('a queue that cannot be looked into', () => {
  it.each([
    ['to the broker', ofBroker('MessagingEntityNotFound')],
    ['to the broker, after several attempts', afterAttempts(ofBroker('MessagingEntityNotFound'))],
    ['to the administration', ofAdministration({ code: 'MessageEntityNotFoundError' })],
  ])('is not there, %s: that is an answer', async (_, error) => {
    const { calls, inspector, closed } = inspect(error);

    for (const call of calls) expect(await call()).toBeUndefined();
    expect(await inspector.deadLetters('directory-changes', 1)).toEqual([]);
    expect(await inspector.oldestActiveAt('directory-changes')).toBeNull();
    expect(closed()).toBe(3);
  });

  it.each([
    ['the broker', ofBroker('UnauthorizedAccess')],
    ['the administration, with 401', ofAdministration({ statusCode: 401 })],
    ['the administration, with 403', ofAdministration({ statusCode: 403 })],
  ])('is refused by %s, for good', async (_, error) => {
    for (const call of inspect(error).calls) {
      const thrown = await call().catch((found: unknown) => found);
      expect(thrown).toBeInstanceOf(PermanentError);
      expect(thrown).toMatchObject({ code: 'queue/not-allowed' });
    }
  });

  it.each([
    ['the broker', ofBroker('ServiceBusy')],
    ['the administration', ofAdministration({ statusCode: 500, code: 'MessagingEntityNotFound' })],
    ['the network', ofAdministration({ code: 'ECONNREFUSED' })],
  ])('is out of reach of %s, which passes', async (_, error) => {
    const { calls, closed } = inspect(error);
    for (const call of calls) {
      const thrown = await call().catch((found: unknown) => found);
      expect(thrown).toBeInstanceOf(TransientError);
      expect(thrown).toMatchObject({ code: 'queue/unreachable' });
    }
    expect(closed()).toBe(1);
  });
});
