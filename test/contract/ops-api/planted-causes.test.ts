import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toSkuId } from '../../../shared/kernel/ids';
import { timing } from '../../../shared/kernel/timing';
import type { PolicyHash } from '../../../shared/kernel/ids';
import { silentLogger } from '../../../shared/kernel/logger';
import { CounterBook } from '../../../shared/observe/counter-book';
import { recordRound } from '../../../shared/pipeline/intake/delta-round';
import { applyToUser } from '../../../shared/pipeline/handlers/apply-user';
import { decideUser } from '../../../shared/pipeline/handlers/decide-user';
import { makeLevelCounter } from '../../../shared/pipeline/observed/count-work';
import { lookHint } from '../../../shared/queue/look-hint';
import type { Hint, OperationMessage } from '../../../shared/queue/messages';
import type { QueueInspector } from '../../../shared/queue/queue-inspector';
import type { QueueSender } from '../../../shared/queue/queue-sender';
import type { OperationQueue } from '../../../shared/queue/queues';
import { startOpsOverTables } from '../../support/memory/ops-tables';
import { userId, userState } from '../../support/user-states';

const second = 1_000;
const minute = 60 * second;
const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');

let oldest: Partial<Record<string, number>> = {};
const inspector = {
  counts: async (queue: string) => ({
    active: oldest[queue] === undefined ? 0 : 3,
    scheduled: 0,
    deadLettered: 0,
  }),
  oldestActiveAt: async (queue: string) => oldest[queue] ?? null,
  deadLetters: async () => [],
  peek: async () => [],
} as unknown as QueueInspector;

let world: Awaited<ReturnType<typeof startOpsOverTables>>;
beforeAll(async () => {
  world = await startOpsOverTables({ inspector });
});
afterAll(() => world?.close());

const round = () => recordRound({ cursors: world.stores.cursors, clock: world.ops.services.clock }, null);
/** Timers go on as they do every minute, but for what is planted. */
async function pass(ms: number, work: () => Promise<void> = round): Promise<void> {
  for (let left = ms; left > 0; left -= minute) {
    world.advance(Math.min(left, minute));
    await work();
    await world.observe();
  }
}
type Told = { readonly verdict: string; readonly causes: readonly { readonly code: string }[] };
/** As the command and the page have it, which tell the same at every time. */
async function verdict() {
  const status = (await world.call('viewer', 'GET', '/status')).body as never as Told;
  const overview = (await world.call('viewer', 'GET', '/overview')).body as never as { status: Told };
  const [told, shown] = [status, overview.status].map(({ verdict: name, causes }) => ({
    name,
    codes: causes.map(({ code }) => code),
  }));
  expect(shown).toEqual(told);
  return told ?? { name: '', codes: [] };
}

type Plant = { readonly plant: () => Promise<void>; readonly lift: () => Promise<void> };
const pausing = (scope: string, origin: 'operator' | 'permission'): Plant => ({
  plant: async () => {
    const pause = { scope, origin, reason: 'planted', by: 'ann', at: world.now(), probedAt: null };
    await world.stores.control.pause(pause);
  },
  lift: async () => void (await world.stores.control.resume(scope)),
});
/** A user begins to wait, or gets a seat, as the process that decides it counts it. */
async function decide(waitsBefore: boolean, waits: boolean): Promise<void> {
  const of = (isWaiting: boolean) =>
    userState({
      outcome: isWaiting ? 'waiting' : 'licensed',
      skus: isWaiting
        ? [{ skuId: ems, outcome: 'waiting', reason: { code: 'seats/none', text: 'no seat' } }]
        : [],
    } as never);
  const book = new CounterBook(world.stores.counters, {
    clock: world.ops.services.clock,
    process: `p-${String(world.now())}`,
    logger: silentLogger,
  });
  makeLevelCounter(book)({ userId: userId(1), before: of(waitsBefore), after: of(waits) });
  world.advance(10 * second);
  await book.flush();
}
async function pointTo(hash: PolicyHash): Promise<void> {
  const pointer = await world.stores.policies.pointer();
  await world.stores.policies.movePointer(pointer, { ...pointer, active: hash });
  world.advance(timing.ops.overviewSeldom.ms);
}
let real: PolicyHash | null = null;

const within20s: readonly (readonly [string, string, string, Plant])[] = [
  ['a permission that was taken away', 'stopped', 'graph/refuses', pausing('apply', 'permission')],
  ['a pause of everything', 'stopped', 'paused/all', pausing('intake', 'operator')],
  ['a pause of one lane', 'partly', 'paused/part', pausing('lane:3', 'operator')],
  [
    'a SKU without seats',
    'partly',
    'seats/out',
    { plant: () => decide(false, true), lift: () => decide(true, false) },
  ],
  [
    'a policy that cannot be used',
    'stopped',
    'policy/unusable',
    {
      plant: async () => {
        real = (await world.stores.policies.pointer()).active;
        await pointTo('f'.repeat(64) as PolicyHash);
      },
      lift: () => pointTo(real as PolicyHash),
    },
  ],
];

describe('the verdict', () => {
  it.each(within20s)(
    'tells %s within 20 s, and is never good until it is gone',
    async (_what, name, code, { plant, lift }) => {
      await pass(minute);
      expect(await verdict()).toEqual({ name: 'licensing', codes: [] });
      const began = world.now();

      await plant();
      expect(await verdict()).toMatchObject({ name, codes: expect.arrayContaining([code]) });
      expect(world.now() - began).toBeLessThanOrEqual(20 * second);
      await round();
      await lift();
      expect((await verdict()).codes).not.toContain(code);
    },
  );

  it.each([
    ['functions that do not decide', 'directory-changes', 'decide/stuck'],
    ['functions that do not write', 'license-changes', 'apply/stuck'],
  ])('tells of %s within 5 minutes and 70 s, until they go on', async (_what, queue, code) => {
    await pass(minute);
    oldest = { [queue]: world.now() };
    await pass(5 * minute + 70 * second);
    expect(await verdict()).toEqual({ name: 'stopped', codes: [code] });
    await pass(10 * minute);
    expect((await verdict()).name).toBe('stopped');

    oldest = {};
    expect(await verdict()).toEqual({ name: 'licensing', codes: [] });
  });

  it('tells of a delta that hears nothing within 5 minutes and 70 s, until it hears again', async () => {
    await pass(minute);
    await pass(5 * minute + 70 * second, async () => undefined);
    expect(await verdict()).toEqual({ name: 'late', codes: ['delta/deaf'] });

    await round();
    expect(await verdict()).toEqual({ name: 'licensing', codes: [] });
  });

  it('tells of a user without an outcome within 5 minutes and 70 s; an index that is behind accuses no one', async () => {
    const { stores } = world;
    const id = userId(40);
    const underWay = userState({ outcome: null, decidedAt: world.now() });
    const since = underWay.decidedAt ?? 0;
    const stored = await stores.users.commit(await stores.users.read(id), { state: underWay });
    const entry = { userId: id, userPrincipalName: null, since, skus: [], reason: null };
    await stores.attention.put('underWay', entry);
    await pass(4 * minute);
    expect(await verdict()).toEqual({ name: 'licensing', codes: [] });

    await pass(minute + 70 * second);
    expect(await verdict()).toEqual({ name: 'late', codes: ['users/overdue'] });

    // The index still lists the user: the row counts.
    await stores.users.commit(stored, { state: userState({ outcome: 'licensed', decidedAt: since }) });
    await pass(minute);
    expect(await verdict()).toEqual({ name: 'licensing', codes: [] });
  });

  it('is unknown, never good, when nothing has been counted for three minutes', async () => {
    await pass(minute);
    world.advance(4 * minute);
    await round();
    expect(await verdict()).toEqual({ name: 'unknown', codes: ['counts/old'] });
  });
});

describe('woken at night', () => {
  const readOnly = ['LicenseAssignment.Read.All', 'User.Read.All', 'GroupMember.Read.All', 'Group.Read.All'];
  const task = { logger: silentLogger };
  type Message =
    | { readonly hint: Hint; readonly at: number }
    | { readonly operation: OperationMessage; readonly queue: OperationQueue; readonly at: number };
  const messages: Message[] = [];
  beforeAll(() => {
    const queues: Partial<QueueSender> = {
      sendHints: async (hints, { scheduledAt } = {}) => {
        for (const hint of hints) messages.push({ hint, at: scheduledAt ?? world.now() });
      },
      sendOperation: async (queue, operation) => {
        messages.push({ operation, queue, at: world.now() });
      },
    };
    Object.assign(world.ops.services.queues, queues);
  });
  /** Hands the messages that are due to the handlers, as the functions do. */
  async function work(): Promise<void> {
    for (;;) {
      const next = messages.findIndex(({ at }) => at <= world.now());
      const [message] = next < 0 ? [] : messages.splice(next, 1);
      if (message === undefined) return;
      if ('hint' in message) {
        await look(message.hint);
        continue;
      }
      const delivery = { queue: message.queue, messageId: 'm', deliveryCount: 1, sessionId: 'lane-00' };
      await applyToUser(world.ops.services, task, message.operation, delivery);
    }
  }
  const look = (hint: Hint) =>
    decideUser(
      world.ops.services,
      task,
      { v: 1, hint, trace: {} },
      { queue: 'directory-changes', messageId: 'm', deliveryCount: 1 },
    );
  const join = (): string => {
    const id = world.graph.newUser({ department: 'Sales' });
    messages.push({ hint: lookHint(id, 'delta', world.now()), at: world.now() });
    return id;
  };
  const setRoles = (roles: readonly string[]) =>
    world.graph.local('PATCH', `/clients/${world.graph.clientId}`, { roles });
  const writtenTo = () =>
    world.graph.engine.writeLog
      .after(0, Infinity)
      .filter(({ kind, effective }) => kind === 'assignLicense' && effective)
      .map(({ userId: id }) => id);

  it('a permission that is taken away while users come is told within 20 s; given back and tried, each is licensed once', async () => {
    await pass(minute);
    const before = join();
    await work();
    expect(writtenTo()).toEqual([before]);
    expect((await verdict()).name).toBe('licensing');

    await setRoles(readOnly);
    const taken = world.now();
    const joiners: string[] = [];
    let told: number | undefined;
    for (let passed = 0; passed < 60 && told === undefined; passed++) {
      world.advance(second);
      if (joiners.length < 20) joiners.push(join());
      await work();
      // As often as the page looks.
      if (passed % 10 === 9 && (await verdict()).codes.includes('graph/refuses')) told = world.now();
    }
    expect((told ?? Infinity) - taken).toBeLessThanOrEqual(20 * second);
    while (joiners.length < 20) joiners.push(join());
    await work();
    await pass(2 * minute, async () => {
      await round();
      await work();
    });
    expect(await verdict()).toMatchObject({
      name: 'stopped',
      codes: expect.arrayContaining(['graph/refuses']),
    });
    expect(writtenTo()).toEqual([before]);

    await setRoles([...readOnly, 'LicenseAssignment.ReadWrite.All', 'User.ReadWrite.All']);
    const tried = await world.call('operator', 'POST', '/pauses/try', { scope: 'apply', why: 'granted' });
    expect(tried.status).toBe(200);
    for (let waits = 0; waits < 60 && writtenTo().length <= 20; waits++) {
      world.advance(10 * second);
      await work();
    }
    expect([...writtenTo()].sort()).toEqual([before, ...joiners].sort());
    expect((await verdict()).codes).not.toContain('graph/refuses');
  });
});
