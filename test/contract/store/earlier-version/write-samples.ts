import type { PolicyHash, ServicePlanId, SkuId } from '../../../../shared/kernel/ids';
import type { TableStores } from '../../../../shared/store/tables/table-stores';
import type { WriteQuota } from '../../../../shared/quota/write-quota';
import type { Reason } from '../../../../shared/words/reason';
import type { UserState } from '../../../../shared/words/user-state';
import { userId, userState } from '../../../support/user-states';

/** When it all happened. */
export const sampleTime = Date.parse('2026-11-20T10:00:00Z');

const sku = (number: number) => `10000000-0000-4000-8000-00000000000${String(number)}` as SkuId;
const plan = (number: number) => `20000000-0000-4000-8000-00000000000${String(number)}` as ServicePlanId;
const hash = (digit: string) => digit.repeat(64) as PolicyHash;
const license = { skuId: sku(1), disabledPlans: [plan(1), plan(2)] };
const reason: Reason = {
  code: 'seats/exhausted',
  text: 'No seat of Köln’s “E3” is free',
  skuId: sku(1),
  servicePlanIds: [plan(1)],
  rule: 'staff',
};
const ledger = [
  {
    skuId: sku(1),
    disabledByUs: [plan(1)],
    rules: ['staff', 'sales'],
    policyHash: hash('a'),
    adopted: true,
    notEntitledSince: sampleTime - 5,
    lapsedRules: [{ rule: 'sales', since: sampleTime - 7 }],
  },
  {
    skuId: sku(2),
    disabledByUs: [],
    rules: [],
    policyHash: hash('b'),
    adopted: false,
    notEntitledSince: null,
    byPin: true as const,
  },
];
const fullState: UserState = {
  version: 12,
  tries: 3,
  outcome: 'waiting',
  reasons: [reason, { code: 'due', text: 'All is right' }],
  skus: [
    { skuId: sku(1), outcome: 'waiting', reason, priority: 7, fallback: sku(2), seeks: [sku(3)] },
    { skuId: sku(2), outcome: 'licensed', reason: { code: 'license/assigned', text: 'Given' } },
  ],
  digest: 'd1',
  policyHash: hash('a'),
  userPrincipalName: 'zoë@contoso.example',
  displayName: 'Zoë',
  firstSeenAt: sampleTime - 10_000,
  foundAt: sampleTime - 9_000,
  decidedAt: sampleTime - 8_000,
  decidedBy: 'hint-1',
  sentVersion: 11,
  writtenAt: sampleTime - 7_000,
  verifiedAt: sampleTime - 6_000,
  missingSince: sampleTime - 1,
  intent: {
    at: sampleTime,
    before: [license],
    add: [{ skuId: sku(2), disabledPlans: [] }],
    remove: [sku(1)],
    usageLocation: 'NL',
    ledger,
    policyHash: hash('b'),
  },
  lastWrite: { at: sampleTime - 7_000, before: [], after: [license], usageLocation: null },
  retry: { token: '4.x1', key: 'seats', attempts: 2, at: sampleTime + 5_000, why: reason },
  looks: 4,
};
const origin = (why: string) => ({
  until: sampleTime + 1_000,
  why,
  by: 'ops@contoso.example',
  at: sampleTime,
});
const exception = {
  ...origin('a project'),
  until: null,
  skus: [
    { skuId: sku(1), disabledPlans: null },
    { skuId: sku(2), disabledPlans: [plan(2)], extra: origin('an extra license') },
  ],
  frozen: origin('a court case'),
};
const steps = ['seen', 'decided', 'intended', 'written', 'verified', 'refused', 'gone', 'pinned'] as const;

/** Writes something of every shape that is stored, with every property that it can have. */
export async function writeSamples(stores: TableStores, quota: WriteQuota): Promise<void> {
  await stores.users.commit(await stores.users.read(userId(1)), {
    state: fullState,
    ledger,
    exception,
    timeline: steps.map((step, version) => ({
      version,
      step,
      at: sampleTime + version,
      text: `Step ${step}`,
      facts: { source: 'delta', count: version, inner: { list: [1, null] } },
    })),
  });
  await stores.users.commit(await stores.users.read(userId(2)), { state: userState() });
  await stores.cursors.commit('delta', await stores.cursors.read('delta'), 'https://graph/delta?$token=1');
  const failure = { subject: userId(1), class: 'conflict', reason, suggestedRepair: 'x', facts: { id: 'r' } };
  await stores.failures.record(failure, sampleTime);
  await stores.failures.record({ ...failure, class: 'seats' }, sampleTime);
  await stores.failures.dismiss(
    { subject: userId(1), class: 'seats' },
    { by: 'ops', why: null, at: sampleTime + 1 },
  );
  await stores.leases.take('drain', 'process-1', 30_000);
  const place = {
    userPrincipalName: 'zoë@contoso.example',
    priority: 3,
    since: sampleTime,
    fallback: sku(2),
  };
  await stores.waiting.put({ skuId: sku(1), userId: userId(1), ...place });
  const [entry] = await stores.waiting.ofUser(userId(1), [sku(1)]);
  if (entry !== undefined) await stores.waiting.reserve(entry, sampleTime + 300_000);
  await stores.waiting.noteRefused(sku(1), sampleTime + 9);
  await stores.waiting.noteServed(sku(1), sampleTime + 10, 2);
  const evidence = { learntAt: sampleTime, text: 'mutually exclusive', requestId: 'request-1' };
  await stores.learntConflicts.learn({ kind: 'conflict', plans: [plan(1), plan(2)], ...evidence });
  await stores.learntConflicts.learn({
    kind: 'dependency',
    plan: plan(1),
    anyOf: [plan(2), plan(3)],
    ...evidence,
  });
  await stores.policies.add({
    hash: hash('a'),
    text: 'version: 1\n# Köln\n',
    storedAt: sampleTime,
    by: 'ops',
    knownPlans: [{ skuId: sku(1), servicePlanIds: [plan(1), plan(2)] }],
  });
  await stores.policies.movePointer(await stores.policies.pointer(), {
    active: hash('a'),
    candidate: hash('b'),
    candidateOf: 'r1',
    isCandidateApproved: true,
    left: [hash('c')],
  });
  await stores.rollouts.create({
    id: 'r1',
    kind: 'activation',
    state: 'cancelled',
    policyHash: hash('b'),
    planStateHash: 'p1',
    by: 'ops',
    why: 'new rules',
    createdAt: sampleTime,
    approvedBy: 'boss',
    startedAt: sampleTime + 1,
    endedAt: null,
    cancelledAt: sampleTime + 2,
    approvalReasons: [reason],
    members: 1,
  });
  await stores.rollouts.addMembers('r1', [
    {
      userId: userId(1),
      state: 'changed',
      queuedAt: sampleTime,
      settledAt: sampleTime + 3,
      outcome: 'licensed',
      reason,
      plannedDigest: 'd1',
      plannedChange: '{"kind":"assign"}',
    },
  ]);
  await stores.guards.reserve(userId(1), { reduction: true, change: true }, () => true);
  await stores.audit.record({
    at: sampleTime,
    by: 'ops',
    action: 'pause/set',
    subject: 'apply',
    why: null,
    facts: { n: 1 },
  });
  await stores.control.pause({
    scope: 'apply',
    origin: 'permission',
    reason: 'refused',
    by: 'the product',
    at: sampleTime,
    probedAt: sampleTime + 1,
  });
  await stores.times.record({
    userId: userId(1),
    at: sampleTime,
    stages: [
      ['decided', 10],
      ['written', 20],
      ['verified', 30],
    ],
  });
  await quota.acquire('express', 1);
}

/** Everything that `writeSamples` wrote, as the stores read it. ETags are left out: they differ between services. */
export async function readSamples(stores: TableStores): Promise<unknown> {
  const all = async <Item>(items: AsyncIterable<Item>) => {
    const list: Item[] = [];
    for await (const item of items) list.push(item);
    return list;
  };
  const found = {
    users: await all(stores.users.records()),
    timeline: await stores.users.timeline(userId(1)),
    exceptions: await all(stores.users.exceptions()),
    waitingUsers: await all(stores.users.listByOutcome(['waiting'])),
    cursor: await stores.cursors.read('delta'),
    open: await all(stores.failures.list('open')),
    dismissed: await all(stores.failures.list('dismissed')),
    leaseIsTaken: !(await stores.leases.take('drain', 'process-2', 1)),
    waiting: await all(stores.waiting.list(sku(1))),
    service: await stores.waiting.service(sku(1)),
    learnt: await stores.learntConflicts.list(),
    policy: await stores.policies.read(hash('a')),
    policies: await all(stores.policies.list()),
    pointer: await stores.policies.pointer(),
    rollouts: await stores.rollouts.list(),
    members: await all(stores.rollouts.members('r1', 'changed')),
    guards: await stores.guards.read(userId(1)),
    audit: await all(stores.audit.list()),
    pauses: await stores.control.pauses(),
    times: await all(stores.times.list(sampleTime, sampleTime)),
    handling: await stores.handling.notes(userId(1)),
  };
  return JSON.parse(JSON.stringify(found, (key, value: unknown) => (key === 'etag' ? undefined : value)));
}
