import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RepairWorld } from '../support/repair-world';
import { ems, startRepairWorld } from '../support/repair-world';
import { checkReplayOfMany } from '../support/stories/replay-of-many';

describe('failures', () => {
  let world: RepairWorld;
  beforeAll(async () => {
    world = await startRepairWorld();
  });
  afterAll(() => world?.stop());

  it('60 users without seats are listed as one class, and one replay after buying licenses them all, once each', () =>
    checkReplayOfMany(world, 60));

  it('dismissed stay off the list with who and why, are counted, and come back', async () => {
    const [id = ''] = await world.bring('Nowhere');
    await world.untilOutcome([id], 'nothing');
    await world.test.stores.failures.record(
      {
        subject: id,
        class: 'unknown',
        reason: { code: 'graph/unknown', text: 'Graph said something odd' },
        suggestedRepair: 'Read it.',
        facts: {},
      },
      Date.now(),
    );

    const withoutWhy = await world.licenser('failure', 'dismiss', id);
    const dismissed = await world.licenser('failure', 'dismiss', id, '--why', 'known');
    const open = await world.licenser('failure', 'list');
    const list = await world.licenser('failure', 'list', '--state', 'dismissed');
    await world.json('failure', 'restore', id);
    const show = await world.licenser('failure', 'show', id);
    const replay = await world.json<{ users: string[] }>('failure', 'replay', id);
    const twice = await world.licenser('failure', 'replay', id);
    const unknown = await world.licenser('failure', 'replay', 'missing@contoso.com');
    const noClass = await world.licenser('failure', 'replay', '--class', 'nonsense');

    expect(withoutWhy.code).toBe(2);
    expect(dismissed.stdout).toContain('Dismissed: 1');
    expect(open.stdout).toContain('1 dismissed');
    expect(list.stdout).toMatch(/by operator@licenser\.local, .*: known/s);
    expect(show.stdout).toContain('Graph said something odd');
    expect(show.stdout).toContain('What deciding would say now');
    expect(replay.users).toEqual([id]);
    expect(twice.code).toBe(0);
    expect(twice.stdout).toContain('nothing is open any more');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('no user missing@contoso.com');
    expect(noClass.stderr).toContain('never was a failure of class nonsense');
    expect(await world.writesOf(id)).toEqual([]);
  });

  it('dead letters are in the same list, read without being taken, and taken back by a replay', async () => {
    const id = await world.bringOne('Nowhere');
    await world.untilOutcome([id], 'nothing');
    const bus = world.test.serviceBus();
    // A lane of the test's own: no other receiver takes what is sent to it.
    const lane = await bus.acceptSession('license-changes', 'lane-of-the-test');
    await bus.createSender('license-changes').sendMessages({
      sessionId: 'lane-of-the-test',
      messageId: 'operation-dead',
      body: {
        v: 1,
        operation: {
          user: { id },
          kind: 'assign',
          add: [{ skuId: ems, disabledPlans: [] }],
          remove: [],
          why: ['It was right yesterday.'],
          policyHash: 'stale',
        },
        trace: {},
      },
    });
    const [message] = await lane.receiveMessages(1, { maxWaitTimeInMs: 120_000 });
    if (message === undefined) throw new Error('Nothing arrived');
    await lane.deadLetterMessage(message, {
      deadLetterReason: 'MaxDeliveryCountExceeded',
      deadLetterErrorDescription: 'Too many tries.',
    });
    await lane.close();
    const peek = () =>
      world.json<{ messageId: string; userId: string; text: string; deadLetterReason: string }[]>(
        ...['queue', 'peek', 'license-changes', '--dead-letters'],
      );

    const peeked = [await peek(), await peek()];
    const listed = await world.json<{ kind: string; class: string; userId: string }[]>('failure', 'list');
    const dismiss = await world.licenser('failure', 'dismiss', id, '--why', 'whatever');
    const replayed = await world.json<{ users: string[]; deadLetters: number }>(
      ...['failure', 'replay', '--class', 'MaxDeliveryCountExceeded'],
    );
    const left = await peek();

    for (const messages of peeked) {
      expect(messages).toEqual([
        expect.objectContaining({
          messageId: 'operation-dead',
          userId: id,
          text: 'assign: It was right yesterday.',
          deadLetterReason: 'MaxDeliveryCountExceeded: Too many tries.',
        }),
      ]);
    }
    expect(listed).toEqual([
      expect.objectContaining({ kind: 'deadLetter', class: 'MaxDeliveryCountExceeded', userId: id }),
    ]);
    expect(dismiss.stderr).toContain('taken back, not dismissed');
    expect(replayed).toMatchObject({ users: [id], deadLetters: 1 });
    expect(left).toEqual([]);
    // Decided anew: what the message said is not what the policy says.
    expect(await world.writesOf(id)).toEqual([]);
  });
});
