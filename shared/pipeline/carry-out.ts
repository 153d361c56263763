import { GraphError } from '../graph/graph-error';
import { ensureError } from '../kernel/errors';
import type { Operation, SkuAssignment } from '../licensing/decision';
import type { Holding } from '../licensing/holding';
import type {
  Intent,
  LastWrite,
  StoredLicense,
  StoredReason,
  TimelineEntry,
  UserRecord,
  UserState,
  WriteKind,
} from '../store/ports';
import type { Pipeline } from './dependencies';
import { describeOperation } from './describe-operation';
import type { SeenUser } from './look-at-user';
import { refused } from './refused';
import { scheduleLook } from './schedule-look';
import { decidedState, newUserState } from './user-state';

/** `again`: start over with fresh reads; `throttled`: the same, and it was no attempt. */
export type Carried = 'done' | 'again' | 'throttled';

/**
 * Writes one operation: quota, intent (compare-and-set), usage location, assignLicense, outcome (compare-and-set).
 * The quota comes first, however long it takes: whoever changed the user's row meanwhile makes the intent fail, and
 * everything starts over with fresh reads. The intent tells after a crash what of the user's licenses is ours. */
export async function carryOut(
  pipeline: Pipeline,
  record: UserRecord,
  look: SeenUser,
  operation: Operation,
  work: { readonly kind: WriteKind; readonly own: Set<number> },
): Promise<Carried> {
  const before = record.state ?? newUserState(look.input.now);
  await pipeline.quota.acquire(work.kind, writesOf(operation));
  const intent: Intent = {
    at: pipeline.clock.now(),
    before: directOf(look.input.holding),
    add: operation.add,
    remove: operation.remove,
    usageLocation: operation.usageLocation ?? null,
    ledger: look.decision.ledger,
    policyHash: look.decision.policyHash,
  };
  const intended = await pipeline.users.commit(record, {
    state: {
      ...before,
      version: before.version + 1,
      tries: before.tries + 1,
      intent,
      policyHash: look.decision.policyHash,
    },
    // What a crash interrupted has been settled by the look: from here on only this intent is open.
    ledger: look.ledger,
    timeline: [
      ...interruptedEntry(record, look, pipeline.clock.now()),
      {
        version: before.version + 1,
        step: 'intended',
        at: intent.at,
        text: describeOperation(operation, look.input.catalogue),
        facts: { policyHash: intent.policyHash, reasons: look.decision.reasons },
      },
    ],
  });

  work.own.add(before.version + 1);
  try {
    await writeOnce(pipeline, record, operation);
  } catch (thrown) {
    if (thrown instanceof GraphError) return refused(pipeline, intended, look, operation, thrown);
    throw ensureError(thrown);
  }
  await confirm(pipeline, intended, look, operation, intent);
  return 'done';
}

/** A usage location is a write of its own. */
function writesOf(operation: Operation): number {
  return (operation.usageLocation === undefined ? 0 : 1) + (hasLicenses(operation) ? 1 : 0);
}

function hasLicenses(operation: Operation): boolean {
  return operation.add.length + operation.remove.length > 0;
}

async function writeOnce(pipeline: Pipeline, record: UserRecord, operation: Operation): Promise<void> {
  const { directory, quota } = pipeline;
  if (operation.usageLocation !== undefined) {
    await directory.setUsageLocation(record.userId, operation.usageLocation);
    quota.succeeded();
  }
  if (!hasLicenses(operation)) return;
  await directory.assignLicense(record.userId, { add: operation.add, remove: operation.remove });
  quota.succeeded();
}

/** Graph has confirmed: ledger, outcome and our own answer, in one transaction; follow-ups first. */
async function confirm(
  pipeline: Pipeline,
  intended: UserRecord,
  look: SeenUser,
  operation: Operation,
  intent: Intent,
): Promise<void> {
  const now = pipeline.clock.now();
  const before = intended.state ?? newUserState(now);
  const lastWrite: LastWrite = {
    at: now,
    before: intent.before,
    after: holdingAfter(intent.before, operation),
    usageLocation: operation.usageLocation ?? look.input.holding.usageLocation,
  };
  const state: UserState = {
    ...decidedState(before, look, now),
    version: before.version,
    intent: null,
    lastWrite,
    writtenAt: now,
    digest: null,
  };
  const retry = await followUp(pipeline, intended, look, before);
  await pipeline.users.commit(intended, {
    state: { ...state, retry },
    ledger: look.decision.ledger,
    timeline: [
      {
        version: before.version,
        step: 'written',
        at: now,
        text: describeOperation(operation, look.input.catalogue),
        facts: { add: operation.add, remove: operation.remove },
      },
    ],
  });
  if (before.outcome === 'failed') await pipeline.failures.settle(intended.userId, now);
}

async function followUp(
  pipeline: Pipeline,
  intended: UserRecord,
  look: SeenUser,
  before: UserState,
): Promise<UserState['retry']> {
  const { decision } = look;
  const isWaiting = decision.skus.some((sku) => sku.outcome === 'waiting');
  if (decision.lookAgainAt === null && !isWaiting) return null;
  const why: StoredReason =
    decision.lookAgainAt === null
      ? { code: 'seats/waiting', text: 'A seat may have come free.' }
      : { code: 'due', text: 'A date in the decision is reached.' };
  return scheduleLook(
    pipeline,
    intended.userId,
    before,
    decision.lookAgainAt === null ? 'waiting' : 'due',
    why,
    decision.lookAgainAt === null ? {} : { at: decision.lookAgainAt },
  );
}

function interruptedEntry(record: UserRecord, look: SeenUser, at: number): readonly TimelineEntry[] {
  const state = record.state;
  if (look.interrupted !== 'written' || !state?.intent) return [];
  return [
    {
      version: state.version,
      step: 'written',
      at,
      text: 'an interrupted write was found to have taken effect',
      facts: { add: state.intent.add, remove: state.intent.remove },
    },
  ];
}

export function directOf(holding: Holding): readonly StoredLicense[] {
  return holding.direct.map(({ skuId, disabledPlans }) => ({ skuId, disabledPlans }));
}

/** Adding a SKU that is held replaces its disabledPlans; both halves of the call apply together. */
export function holdingAfter(
  before: readonly StoredLicense[],
  operation: { readonly add: readonly SkuAssignment[]; readonly remove: Operation['remove'] },
): readonly StoredLicense[] {
  const changed = new Set<string>([...operation.remove, ...operation.add.map(({ skuId }) => skuId)]);
  return [...before.filter(({ skuId }) => !changed.has(skuId)), ...operation.add];
}
