import { describe, expect, it } from '@jest/globals';
import { timing } from '../../../../shared/kernel/timing';
import { listLanes } from '../../../../shared/ops/lanes/list-lanes';
import { readPage, withKnownNames } from '../../../../shared/ops/queues/peek-queue';
import { searchMessages } from '../../../../shared/ops/queues/search-messages';
import type { MessageSearch } from '../../../../shared/ops/queues/search-messages';
import { makeWatch } from '../../../../shared/ops/queues/watch-snapshot';
import { nameOfUser } from '../../../../shared/ops/users/user-names';
import type { Services } from '../../../../shared/pipeline/services';
import { lookHint } from '../../../../shared/queue/look-hint';
import type { PeekedMessage, QueueInspector } from '../../../../shared/queue/queue-inspector';
import { makeMemoryControl } from '../../../support/memory/memory-control';
import { ManualClock } from '../../../support/manual-clock';
import { userId, userState } from '../../../support/user-states';

const clock = new ManualClock();
const iso = (at: number) => new Date(at).toISOString();

const message = (number: number, changes: Partial<PeekedMessage> = {}): PeekedMessage => ({
  ...{ sequenceNumber: String(number), messageId: `m${String(number)}`, state: 'active', sessionId: null },
  ...{ deliveryCount: 0, enqueuedAt: number * 1_000, deadLetterReason: null },
  body: { v: 1, hint: lookHint(userId(number), 'delta', 0), trace: {} },
  ...changes,
});

/** A queue that is peeked at by sequence number; `onPeek`: what one page costs. */
function inspect(messages: readonly PeekedMessage[], onPeek = () => undefined as void): QueueInspector {
  return {
    peek: async (_queue: string, limit: number, { from = '0' }: { from?: string }) => {
      onPeek();
      return messages.filter((one) => Number(one.sequenceNumber) >= Number(from)).slice(0, limit);
    },
    counts: async () => ({ active: 3, scheduled: 2, deadLettered: 1 }),
    oldestActiveAt: async () => clock.now() - 7_000,
  } as unknown as QueueInspector;
}

describe('a page of messages', () => {
  const three = inspect([1, 2, 3].map((number) => message(number)));
  const page = (count: number, from?: string) =>
    readPage(three, 'directory-changes', {
      count,
      deadLetters: false,
      ...(from === undefined ? {} : { from }),
    });

  it('says where the next one begins, and that the last one is the last', async () => {
    const first = await page(2);

    expect([first.items.map(({ sequenceNumber }) => sequenceNumber), first.next]).toEqual([['1', '2'], '3']);
    expect(await page(2, '3')).toMatchObject({ items: [{ sequenceNumber: '3' }], next: null });
    expect((await page(3)).next).toBeNull();
  });

  it('shows whom a message is about, and what the broker says of it', async () => {
    const [first] = (await page(1)).items;

    expect(first).toMatchObject({
      ...{ messageId: 'm1', userId: userId(1), at: iso(1_000), lane: null, deadLetterReason: null },
      text: `look: seen by delta at ${iso(0)}`,
    });
  });

  it('names whom this process knows, for as long as a name holds, and asks no table for another', async () => {
    const named = new ManualClock();
    const reads: string[] = [];
    const users = {
      read: async (id: string) => {
        reads.push(id);
        return { state: userState({ userPrincipalName: 'ann@contoso.com' }) };
      },
    } as unknown as Services['users'];
    const services = { users, clock: named };
    await nameOfUser(services, userId(2));
    const names = async () =>
      (await withKnownNames(services, await page(3))).items.map(({ userPrincipalName }) => userPrincipalName);

    expect(await names()).toEqual([null, 'ann@contoso.com', null]);
    named.advance(timing.ops.namesKnown.ms);
    expect(await names()).toEqual([null, null, null]);
    expect(reads).toEqual([userId(2)]);
  });

  it('of a queue that is not there is an error that says so', async () => {
    const none = { peek: async () => undefined } as unknown as QueueInspector;

    await expect(readPage(none, 'directory-changes', { count: 1, deadLetters: false })).rejects.toMatchObject(
      {
        code: 'ops/no-queue',
      },
    );
  });
});

describe('a search for messages', () => {
  const search = (inspector: QueueInspector, wanted: MessageSearch, limit = 10, from?: string) =>
    searchMessages(inspector, 'directory-changes', wanted, {
      ...{ deadLetters: false, limit, clock },
      ...(from === undefined ? {} : { from }),
    });
  const numbers = ({ items }: { items: readonly { sequenceNumber: string }[] }) =>
    items.map(({ sequenceNumber }) => Number(sequenceNumber));
  const letters = inspect([
    message(1, { deadLetterReason: 'MaxDeliveryCountExceeded' }),
    message(2, { deadLetterReason: 'Expired', body: 'No message, but it names SKU-9' }),
    message(3, { deadLetterReason: 'MaxDeliveryCountExceeded', body: { sku: 'sku-9' } }),
  ]);

  it.each<[string, MessageSearch, number[]]>([
    ['a user, in any case', { user: userId(1).toUpperCase() }, [1]],
    ['a SKU, in any case', { sku: 'Sku-9' }, [2, 3]],
    ['a part of a reason', { reason: 'deliverycount' }, [1, 3]],
    ['a text of a message, its words, its reason or its id', { text: 'NAMES' }, [2]],
    ['its id', { text: 'M3' }, [3]],
    ['all that is asked for at once', { sku: 'sku-9', reason: 'MaxDelivery' }, [3]],
    ['nothing', { user: userId(9) }, []],
  ])('finds %s', async (_, wanted, found) => {
    const answer = await search(letters, wanted);

    expect([numbers(answer), answer.next, answer.scanned]).toEqual([found, null, 3]);
  });

  const many = Array.from({ length: 5_000 }, (_, index) => message(index + 1));

  it('ends with as many as are wanted, and goes on behind the last of them', async () => {
    const first = await search(inspect(many), { text: 'delta' }, 250);

    expect([numbers(first).length, first.next, first.scanned]).toEqual([250, '251', 250]);
    expect(numbers(await search(inspect(many), { text: 'delta' }, 2, first.next ?? ''))).toEqual([251, 252]);
    // The last of a page: the next page begins behind it.
    expect((await search(inspect(many), { text: 'delta' }, 200)).next).toBe('201');
  });

  it('looks at 2,000 messages at most, and at fewer where an answer takes long', async () => {
    const all = await search(inspect(many), { text: 'nowhere' });
    const slow = await search(
      inspect(many, () => clock.advance(timing.ops.portion.ms / 2)),
      { text: 'nowhere' },
    );

    expect([all.scanned, all.next]).toEqual([2_000, '2001']);
    expect([slow.scanned, slow.next]).toEqual([400, '401']);
  });
});

describe('the lanes', () => {
  it('show what waits in each, and the pause that stops it: its own, or that of all', async () => {
    const control = makeMemoryControl();
    const by = {
      origin: 'operator',
      reason: 'A change',
      by: 'ada',
      at: clock.now(),
      probedAt: null,
    } as const;
    await control.pause({ scope: 'lane:1', ...by });
    const inspector = inspect([
      message(1, { sessionId: 'lane-01', enqueuedAt: 9_000 }),
      message(2, { sessionId: 'lane-01', enqueuedAt: 4_000 }),
      message(3, { sessionId: 'lane-01', state: 'scheduled', enqueuedAt: 1_000 }),
      message(4, { sessionId: 'lane-00', enqueuedAt: null }),
    ]);
    const services = { control, clock, settings: { lanes: 3 } } as unknown as Parameters<typeof listLanes>[0];

    const { lanes, looked, missing } = await listLanes(services, inspector);
    await control.pause({ scope: 'apply', ...by });
    const all = await listLanes(services, inspector);

    expect(lanes.map(({ session, queues: [first] }) => [session, first?.messages, first?.oldestAt])).toEqual([
      ['lane-00', 1, null],
      ['lane-01', 2, iso(4_000)],
      ['lane-02', 0, null],
    ]);
    expect(lanes.map(({ pause }) => pause?.scope ?? null)).toEqual([null, 'lane:1', null]);
    expect(all.lanes.map(({ pause }) => pause?.scope)).toEqual(['apply', 'lane:1', 'apply']);
    expect(looked.map(({ messages }) => messages)).toEqual([4, 4]);
    expect(missing).toEqual([]);
  });

  it('are shown although a queue does not answer, and what is not known is said', async () => {
    const inspector = {
      peek: async (queue: string) => {
        if (queue === 'license-changes') throw new Error('unreachable');
        return [message(1, { sessionId: 'lane-00' })];
      },
    } as unknown as QueueInspector;
    const services = { control: makeMemoryControl(), clock, settings: { lanes: 1 } };

    const { lanes, looked, missing } = await listLanes(services as never, inspector);

    expect(lanes[0]?.queues.map(({ messages }) => messages)).toEqual([0, 1]);
    expect(looked.map(({ messages }) => messages)).toEqual([null, 1]);
    expect(missing).toHaveLength(1);
  });
});

describe('watching', () => {
  it('counts users, writes a second since the count before, and counts less often where it takes long', async () => {
    let tries = 4;
    let reads = 0;
    const services = {
      clock,
      control: makeMemoryControl(),
      failures: {
        async *list() {
          yield* [1, 2];
        },
      },
      users: {
        async *list() {
          reads += 1;
          clock.advance(1_000);
          yield { state: userState({ outcome: 'licensed', tries }) };
          yield { state: userState({ outcome: 'licensed', tries: 1, intent: {} as never }) };
          yield { state: userState({ outcome: null }) };
        },
      },
    } as unknown as Parameters<typeof makeWatch>[0];
    const watch = makeWatch(services, inspect([]));

    const first = await watch();
    tries = 24;
    await watch();
    clock.advance(9_000);
    const second = await watch();

    expect(first).toMatchObject({
      ...{ failures: 2, writesPerSecond: null, pauses: [] },
      users: { users: 3, outcomes: { licensed: 2 }, underWay: 1, inFlight: 1, writes: 5 },
    });
    expect(first.queues[0]).toMatchObject({ active: 3, scheduled: 2, deadLettered: 1, missing: null });
    // 20 writes between counts that began 10 s apart.
    expect([second.writesPerSecond, reads]).toEqual([2, 2]);
  });
});
