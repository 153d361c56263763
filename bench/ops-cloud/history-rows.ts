import { toUserId } from '../../shared/kernel/ids';
import { timing } from '../../shared/kernel/timing';
import { sampleId } from '../../shared/ops/samples/sample-id';
import type { Sample } from '../../shared/store/ports/ops/sample';
import type { TableStores } from '../../shared/store/tables/table-stores';
import { ems, policyHash, seededIds, text } from './seeded';
import type { HistorySize, SeededUser } from './seeded';

const asker = {
  id: 'seed',
  name: 'seed@contoso.com',
  kind: 'user',
  roles: ['Operator'],
  via: 'cli',
} as const;

async function writeFailures(
  { failures }: TableStores,
  users: readonly SeededUser[],
  size: HistorySize,
  now: number,
): Promise<void> {
  for (const [name, count] of Object.entries(size.failures)) {
    for (const { id, userPrincipalName } of users.slice(0, count)) {
      const reason = text('graph/unknown', 'Graph refused the write and did not say why');
      const failure = { subject: id, class: name, reason, suggestedRepair: 'Replay it.', facts: {} };
      await failures.record({ ...failure, userPrincipalName }, now - 3_600_000);
    }
  }
}

/** Failures, rollouts, audit, operations, exceptions, a plan and samples of a tenant with these users. */
export async function writeHistory(
  stores: TableStores,
  users: readonly SeededUser[],
  size: HistorySize,
  now: number,
): Promise<void> {
  await writeFailures(stores, users, size, now);
  await writeSamples(stores, size.sampleHours, now);
  await writeRollouts(stores, users, size, now);
  await writeActions(stores, size, now);
  await writePlan(stores, users, size.planLines, now);
}

async function writeRollouts(
  stores: TableStores,
  users: readonly SeededUser[],
  size: HistorySize,
  now: number,
): Promise<void> {
  for (const [number, members] of size.rollouts.entries()) {
    const id = seededIds.rollout.replace(/0$/, String(number));
    const createdAt = now - (number + 1) * 86_400_000;
    await stores.rollouts.addMembers(id, users.slice(0, members).map(toMember(createdAt)));
    await stores.rollouts.create({
      id,
      kind: 'activation',
      state: 'done',
      policyHash,
      planStateHash: null,
      by: asker.name,
      why: 'CHG-1',
      createdAt,
      approvedBy: null,
      startedAt: createdAt,
      endedAt: createdAt + 3_600_000,
      approvalReasons: [],
      members,
      counted: { at: createdAt + 3_600_000, states: { changed: members } },
    });
  }
}

async function writeActions(stores: TableStores, size: HistorySize, now: number): Promise<void> {
  for (let number = 0; number < size.auditEntries; number++) {
    const at = now - 60_000 - number * 60_000;
    const subject = `sku:${String(number % 50)}`;
    const entry = { by: asker.name, byId: asker.id, action: 'pause/set', subject, why: 'CHG-2', facts: {} };
    await stores.audit.record({ ...entry, at, result: 'done' });
  }
  for (let number = 0; number < size.operations; number++) {
    const at = now - 120_000 - number * 60_000;
    await stores.operations.create(`op-${sampleId(at)}-seed`, {
      route: 'applyUsers',
      input: {},
      asker: { ...asker, roles: [...asker.roles] },
      why: 'CHG-3',
      requestId: 'seed',
      auditKey: null,
      approvalId: null,
      state: 'done',
      askedAt: at,
      startedAt: at,
      endedAt: at + 1_000,
      beatAt: at,
      attempts: 1,
      sentAt: null,
      progress: null,
      result: { queued: 1 },
      problem: null,
    });
  }
}

function toMember(at: number) {
  return ({ id }: SeededUser) => ({
    userId: toUserId(id),
    state: 'changed' as const,
    queuedAt: at,
    settledAt: at + 60_000,
    outcome: 'licensed',
    reason: null,
    plannedDigest: null,
    plannedChange: null,
  });
}

async function writePlan(
  { plans }: TableStores,
  users: readonly SeededUser[],
  lines: number,
  now: number,
): Promise<void> {
  const none = { plansOn: [], plansOff: [], usageLocation: null, reasons: [] };
  const changed = users.slice(0, lines).map(({ id, userPrincipalName }) => ({
    id,
    userPrincipalName,
    outcome: 'licensed',
    gains: ['EMS'],
    loses: [],
    reduction: false,
    ...none,
  }));
  const head = {
    policyHash,
    stateHash: 'b'.repeat(64),
    users: users.length,
    changed: changed.length,
    outcomes: { licensed: users.length },
    seats: [],
    cost: null,
    guards: { reductions: 0, changes: changed.length, exceeded: [] },
    unknown: [],
  };
  await plans.save({ id: seededIds.plan, at: now, head }, changed);
}

async function writeSamples({ samples }: TableStores, hours: number, now: number): Promise<void> {
  const { sampleMinute, sampleHour, minutesKept } = timing.ops;
  const sample = (at: number): Sample => ({
    at,
    queues: {
      'directory-changes': { active: 3, scheduled: 0, deadLettered: 0, oldestAgeMs: 200 },
      'license-changes': { active: 1, scheduled: 0, deadLettered: 0, oldestAgeMs: 100 },
    },
    waiting: 10,
    pauses: 0,
    openFailures: 0,
    p95Ms: 6_000,
    verdict: 'licensing',
    rates: { 'hints.delta': 12, decided: 12, written: 9 },
  });
  for (let back = 1; back * sampleMinute.ms < Math.min(minutesKept.ms, hours * sampleHour.ms); back++) {
    const at = now - back * sampleMinute.ms;
    await samples.minutes.create(sampleId(at), sample(at));
  }
  for (let back = 1; back <= hours; back++) {
    const at = now - back * sampleHour.ms;
    await samples.hours.create(sampleId(at), {
      ...sample(at),
      seats: { [ems]: { consumed: 10_000 - back, enabled: 20_000 } },
    });
  }
}
