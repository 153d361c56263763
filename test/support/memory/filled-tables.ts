import type { PolicyHash } from '../../../shared/kernel/ids';
import type { makeTableWorld } from './table-world';
import { ems, intune, premium } from '../pipeline-world';
import { userId, userState } from '../user-states';

export const operator = { by: 'ann', why: 'the row was damaged' };

export const broken = userId(1);

export const joiner = userId(2);

export const other = userId(3);

export const policy = 'f'.repeat(64) as PolicyHash;

/** A world in which every table has a row. */
export async function fill(world: ReturnType<typeof makeTableWorld>): Promise<void> {
  const { stores, clock } = { ...world, clock: world.pipeline.clock };
  const now = clock.now();
  await world.license(other);
  const reason = { code: 'due', text: 'It is due' } as const;
  const { ledger } = await stores.users.read(other);
  await stores.users.commit(await stores.users.read(broken), {
    state: userState({ outcome: 'licensed' }),
    ledger: ledger.map((entry) => ({ ...entry })),
    exception: { until: null, why: 'a project', by: 'ann', at: now, skus: [] },
    timeline: [{ version: 0, step: 'seen', at: now, text: 'seen', facts: {} }],
  });
  await stores.cursors.commit(
    'users-delta',
    await stores.cursors.read('users-delta'),
    '{"link":"x","properties":[]}',
  );
  await stores.failures.record(
    { subject: userId(9), class: 'conflict', reason, suggestedRepair: 'x', facts: {} },
    now,
  );
  await stores.leases.take('drain', 'process-1', 30_000);
  await stores.waiting.put({
    skuId: ems,
    userId: broken,
    userPrincipalName: null,
    priority: 0,
    since: now,
    fallback: null,
  });
  await stores.waiting.noteServed(ems, now, 1);
  await stores.learntConflicts.learn({
    kind: 'conflict',
    plans: [intune, premium],
    learntAt: now,
    text: 'no',
    requestId: null,
  });
  await stores.guards.reserve(broken, { reduction: true, change: true }, () => true);
  await stores.rollouts.create({
    id: 'r1',
    kind: 'census',
    state: 'running',
    policyHash: policy,
    planStateHash: null,
    by: 'ann',
    why: 'why',
    createdAt: now,
    approvedBy: null,
    startedAt: now,
    endedAt: null,
    approvalReasons: [],
    members: 1,
  });
  await stores.rollouts.addMembers('r1', [
    {
      userId: broken,
      state: 'queued',
      queuedAt: now,
      settledAt: null,
      outcome: null,
      reason: null,
      plannedDigest: null,
      plannedChange: null,
    },
  ]);
  await stores.audit.record({
    at: now,
    by: 'ann',
    action: 'pause/set',
    subject: 'sku',
    why: null,
    facts: {},
  });
  await stores.control.pause({
    scope: 'lane:7',
    origin: 'operator',
    reason: 'r',
    by: 'ann',
    at: now,
    probedAt: null,
  });
  await stores.times.record({ userId: broken, at: now, stages: [['written', 5]] });
  await stores.handling.begin(broken, { instance: 'i', message: 'm', at: now });
  await stores.handling.beat({ instance: 'i', at: now });
  const asker = {
    id: 'x',
    name: 'ann',
    kind: 'user' as const,
    roles: ['Operator' as const],
    via: 'cli' as const,
  };
  await stores.operations.create('o1', {
    route: 'r',
    input: {},
    asker,
    why: null,
    requestId: 'q',
    auditKey: null,
    approvalId: null,
    state: 'queued',
    askedAt: now,
    startedAt: null,
    endedAt: null,
    beatAt: null,
    attempts: 0,
    sentAt: null,
    progress: null,
    result: null,
    problem: null,
  });
  await stores.approvals.create('a1', {
    route: 'r',
    input: {},
    asker,
    why: 'w',
    state: 'open',
    askedAt: now,
    expiresAt: now + 1,
    text: 't',
    count: 1,
    digest: 'd',
    items: [],
    decidedBy: null,
    operation: null,
  });
  await stores.answers.create('k1', { at: now, digest: 'd', status: null, body: null });
  await stores.samples.minutes.create('s1', {
    at: now,
    queues: {},
    waiting: 0,
    pauses: 0,
    openFailures: 0,
    p95Ms: null,
    verdict: 'licensing',
  });
  await stores.attention.put('waiting', {
    userId: broken,
    userPrincipalName: null,
    since: now,
    skus: [ems],
    reason: null,
  });
  await stores.counters.add({ process: 'p', at: now, counts: { decided: 1 } });
  await stores.plans.save({ id: 'p1', at: now, head: { users: 1 } }, [{ number: 1 }]);
  world.tables.put('levels', {
    partitionKey: 'levels',
    rowKey: 'now',
    json: JSON.stringify({ at: now, counts: { waiting: 1 } }),
  });
  world.tables.put('quota', {
    partitionKey: 'quota',
    rowKey: 'graph-writes',
    json: JSON.stringify({ ratePerSecond: 1, tokens: 1, spare: 0, updatedAt: now, notBefore: 0 }),
  });
}

/** Which row of a table is damaged. */
export const rowOf: Readonly<Record<string, (row: { partitionKey: string; rowKey: string }) => boolean>> = {
  users: ({ partitionKey, rowKey }) => partitionKey === broken && rowKey === 'state',
  policies: ({ partitionKey }) => partitionKey === 'spare',
  control: ({ rowKey }) => rowKey === 'lane:7',
  failures: ({ partitionKey }) => partitionKey === userId(9),
  waiting: ({ rowKey }) => rowKey === broken,
  guards: ({ rowKey }) => rowKey === 'window',
  'users: ledger': ({ partitionKey, rowKey }) => partitionKey === broken && rowKey.startsWith('ledger|'),
  'users: exceptions': ({ partitionKey, rowKey }) => partitionKey === broken && rowKey === 'pin',
  'users: timeline': ({ partitionKey, rowKey }) => partitionKey === broken && rowKey.startsWith('timeline|'),
  'guards: users': ({ rowKey }) => rowKey !== 'window',
  'waiting: service': ({ rowKey }) => rowKey === '!service',
  'handling: processes': ({ partitionKey }) => partitionKey === 'instances',
};

export type Entity = Readonly<Record<string, unknown>> & { partitionKey: string; rowKey: string };

export const absurd = (value: unknown): unknown =>
  typeof value === 'number'
    ? 1e300
    : Array.isArray(value)
      ? value.map(absurd)
      : value !== null && typeof value === 'object'
        ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, absurd(one)]))
        : value;

export const damages: Readonly<Record<string, (row: Entity) => Entity | null>> = {
  'broken JSON': (row) => ({ ...row, json: String(row['json']).slice(0, -3) }),
  'an unknown kind': (row) => ({ ...row, json: '{"kind":"telepathy","state":"dreaming"}' }),
  'a foreign version': (row) => ({ ...row, json: '{"v":99,"value":{"new":"shape"}}' }),
  'absurd numbers': (row) => ({ ...row, json: JSON.stringify(absurd(JSON.parse(String(row['json'])))) }),
  missing: () => null,
};
