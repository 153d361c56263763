import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServiceBusAdministrationClient } from '@azure/service-bus';
import { connectAdministration } from '../support/administration';
import { soon, startBus } from '../support/bus';
import type { Bus } from '../support/bus';

let bus: Bus;
let admin: ServiceBusAdministrationClient;
beforeAll(async () => {
  bus = await startBus({ plain: {}, other: {}, session: { requiresSession: true } });
  admin = connectAdministration(bus);
});
afterAll(() => bus.stop());

describe('ServiceBusAdministrationClient', () => {
  it('reads a queue and its counts', async () => {
    const sender = bus.client.createSender('plain');
    await sender.sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }]);
    await sender.scheduleMessages({ body: 4 }, new Date(Date.now() + 60_000));
    const receiver = bus.client.createReceiver('plain');
    const [message] = await receiver.receiveMessages(1, soon);
    if (message) await receiver.deadLetterMessage(message);

    const queue = await admin.getQueue('plain');
    const runtime = await admin.getQueueRuntimeProperties('plain');

    expect(queue).toMatchObject({
      name: 'plain',
      lockDuration: 'PT1M',
      maxDeliveryCount: 10,
      requiresSession: false,
      defaultMessageTimeToLive: 'P10675199DT2H48M5.4775807S',
      status: 'Active',
    });
    expect(runtime).toMatchObject({
      name: 'plain',
      activeMessageCount: 2,
      deadLetterMessageCount: 1,
      scheduledMessageCount: 1,
      totalMessageCount: 4,
    });
  });

  it('creates a queue that works at once, updates and deletes it', async () => {
    const created = await admin.createQueue('made', {
      lockDuration: 'PT30S',
      maxDeliveryCount: 2,
      requiresSession: true,
      userMetadata: 'a <b> & "c"',
      forwardDeadLetteredMessagesTo: 'other',
    });
    await bus.client.createSender('made').sendMessages({ body: 1, sessionId: 's' });
    const updated = await admin.updateQueue({ ...created, lockDuration: 'PT1M30S', status: 'SendDisabled' });
    await expect(
      bus.connect().createSender('made').sendMessages({ body: 2, sessionId: 's' }),
    ).rejects.toMatchObject({ code: 'MessagingEntityDisabled' });
    await admin.deleteQueue('made');

    expect(created).toMatchObject({ name: 'made', lockDuration: 'PT30S', userMetadata: 'a <b> & "c"' });
    expect(created.forwardDeadLetteredMessagesTo).toMatch(/\/other$/);
    expect(updated).toMatchObject({ lockDuration: 'PT1M30S', maxDeliveryCount: 2, status: 'SendDisabled' });
    expect(await admin.queueExists('made')).toBe(false);
  });

  it('pages through the queues', async () => {
    const pages: string[][] = [];
    for await (const page of admin.listQueues().byPage({ maxPageSize: 2 })) {
      pages.push(page.map((queue) => queue.name));
    }
    const runtime: string[] = [];
    for await (const queue of admin.listQueuesRuntimeProperties()) runtime.push(queue.name);

    expect(pages).toEqual([['other', 'plain'], ['session']]);
    expect(runtime).toEqual(['other', 'plain', 'session']);
  });

  it('describes the namespace', async () => {
    expect(await admin.getNamespaceProperties()).toMatchObject({
      name: 'sbemulatorns',
      messagingSku: 'Standard',
    });
  });

  it.each([
    ['a queue that is not there', () => admin.getQueue('missing'), 'MessageEntityNotFoundError'],
    ['deleting one', () => admin.deleteQueue('missing'), 'MessageEntityNotFoundError'],
    ['a queue that is there already', () => admin.createQueue('plain'), 'MessageEntityAlreadyExistsError'],
    ['a lock that is too long', () => admin.createQueue('long', { lockDuration: 'PT6M' }), 'ServiceError'],
    ['partitions', () => admin.createQueue('parts', { enablePartitioning: true }), 'ServiceError'],
    ['a topic', () => admin.createTopic('topic'), 'ServiceError'],
  ])('answers %s with its own error', async (_what, work, code) => {
    await expect(work()).rejects.toMatchObject({ code });
  });

  it('refuses to change what is fixed', async () => {
    const queue = await admin.getQueue('session');

    await expect(admin.updateQueue({ ...queue, requiresSession: false })).rejects.toThrow(/requiresSession/);
  });

  it('ends the links of a queue that is deleted', async () => {
    await admin.createQueue('doomed');
    const codes: unknown[] = [];
    const receiver = bus.client.createReceiver('doomed');
    const ended = new Promise<void>((resolve) => {
      receiver.subscribe({
        processMessage: async () => undefined,
        processError: async ({ error }) => {
          codes.push((error as { code?: unknown }).code);
          resolve();
        },
      });
    });
    await bus.client.createSender('doomed').sendMessages({ body: 1 });

    await admin.deleteQueue('doomed');
    await ended;
    await receiver.close();

    expect(codes[0]).toBe('MessagingEntityNotFound');
  });

  it('keeps what it does not need, and gives it back', async () => {
    const rule = {
      claimType: 'SharedAccessKey',
      accessRights: ['Manage', 'Send', 'Listen'] as ('Manage' | 'Send' | 'Listen')[],
      keyName: 'all <rights>',
      primaryKey: 'pppppppppppppppppppppppppppppppppppppppppppp',
      secondaryKey: 'ssssssssssssssssssssssssssssssssssssssssssss',
    };
    await admin.createQueue('kept', { enableBatchedOperations: false, authorizationRules: [rule, rule] });

    const kept = await admin.getQueue('kept');
    const updated = await admin.updateQueue({ ...kept, maxDeliveryCount: 3 });
    const plain = await admin.getQueue('plain');

    for (const queue of [kept, updated]) {
      expect(queue).toMatchObject({ enableBatchedOperations: false, authorizationRules: [rule, rule] });
    }
    expect(plain).toMatchObject({ enableBatchedOperations: true });
    expect(plain.authorizationRules).toBeUndefined();
  });

  it('answers to the root, and for a queue that does not exist, with a feed of nothing', async () => {
    const answers = await Promise.all(
      ['', 'missing'].map((path) => fetch(`http://127.0.0.1:${bus.managementPort}/${path}`)),
    );

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    for (const answer of answers) expect(await answer.text()).toContain('Publicly Listed Services');
    expect(await admin.queueExists('missing')).toBe(false);
    await expect(admin.getQueue('missing')).rejects.toMatchObject({ code: 'MessageEntityNotFoundError' });
  });

  it('says when a queue was last sent to, asked or looked at', async () => {
    const accessed = async () => (await admin.getQueueRuntimeProperties('used')).accessedAt.getTime();
    await admin.createQueue('used');
    const never = await accessed();
    const before = Date.now();
    await bus.client.createReceiver('used').peekMessages(1);

    expect(new Date(never).getUTCFullYear()).toBe(1);
    expect(await accessed()).toBeGreaterThanOrEqual(before);
  });
});
