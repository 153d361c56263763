import { isDeepStrictEqual } from 'node:util';
import { GraphError } from '../../graph/graph-error';
import { ensureError } from '../../kernel/errors';
import type { Operation } from '../../licensing/decision';
import { assignmentsAfter } from '../../licensing/holding/effective-holding';
import type { Holding } from '../../licensing/holding/holding';
import type { Services } from '../services';
import type { Task } from '../task';
import type { ApplyWork, Carried } from './apply-work';
import { describeOperation } from './describe-operation';
import { interruptedEntry } from '../row/interrupted-entry';
import { lookAtUser } from '../look/look-at-user';
import type { SeenUser } from '../look/look-at-user';
import { scopesWork } from '../pauses/own-pause';
import { askGate } from '../pauses/pause-gate';
import type { Gate } from '../pauses/pause-gate';
import { applyScope, skuScopes, writeScopes } from '../pauses/pause-scope';
import { refused } from './refused';
import { reserveWrite } from '../guards/guard-decision';
import { reconcileDueAfter } from '../row/reconcile-due';
import { stillRuns } from '../rollouts/enter-rollout';
import { releaseSeats } from '../seats/release-seats';
import { scheduleReconcile } from '../row/schedule-reconcile';
import { scheduleVerify } from '../row/schedule-verify';
import { closeFailures } from '../row/record-failure';
import { decidedState, newUserState, withRetry } from '../row/user-state';
import type { Intent, LastWrite, UserState } from '../../words/user-state';
import type { License } from '../../words/license';
import type { UserRecord } from '../../store/ports/user-store';

/** A read older than this is taken again before something is written by it. */
const freshReadMs = 1_500;

/**
 * Writes one operation: intent (compare-and-set), usage location, assignLicense, outcome (compare-and-set). The quota
 * is in hand already, unless the message promised less than there is to do: whoever changed the user's row meanwhile
 * makes the intent fail, and everything starts over with fresh reads. The intent tells after a crash what of the
 * user's licenses is ours.
 */
export async function carryOut(
  services: Services,
  task: Task,
  record: UserRecord,
  look: SeenUser,
  operation: Operation,
  work: ApplyWork,
): Promise<Carried> {
  const before = record.state ?? newUserState(look.input.now);
  await work.permit.take(writesOf(services, operation));
  // Paused meanwhile: the next round parks the user.
  if ((await mayWrite(services, record, operation, work)).kind === 'paused') return 'again';
  // The quota may have taken its time, and the row's ETag does not tell what people did to the user meanwhile.
  if (services.clock.now() - look.input.now > freshReadMs && !(await isStillRight(services, record, look))) {
    return 'again';
  }
  // Graph has refused somebody else's write meanwhile: this one would be refused too.
  if (services.quota.isClosed()) return 'throttled';
  if (!(await mayStillWrite(services, look))) return 'again';
  const intent: Intent = {
    at: services.clock.now(),
    before: directOf(look.input.holding),
    add: operation.add,
    remove: operation.remove,
    usageLocation: operation.usageLocation ?? null,
    ledger: look.decision.ledger,
    policyHash: look.decision.policyHash,
  };
  const intended = await services.users.commit(record, {
    state: {
      ...before,
      version: before.version + 1,
      tries: before.tries + 1,
      intent,
      // A rollout has moved its user only when the write is confirmed; until then the intent tells.
      policyHash: look.rollout === null ? look.decision.policyHash : before.policyHash,
    },
    // What a crash interrupted has been settled by the look: from here on only this intent is open.
    ledger: look.ledger,
    timeline: [
      ...interruptedEntry(record, look, services.clock.now()),
      {
        version: before.version + 1,
        step: 'intended',
        at: intent.at,
        text: describeOperation(operation, look.input.catalogue),
        // What the user held before is what an undo goes back to.
        facts: { policyHash: intent.policyHash, before: intent.before, reasons: look.decision.reasons },
      },
    ],
  });

  work.own.add(before.version + 1);
  try {
    await writeOnce(services, record, operation, work);
  } catch (thrown) {
    if (thrown instanceof GraphError) return refused(services, task, intended, look, operation, thrown, work);
    throw ensureError(thrown);
  }
  await confirm(services, task, intended, look, operation, intent);
  await scopesWork(services, task, [applyScope, ...skuScopes(operation)]);
  return 'done';
}

/** Whether a pause stops this write; one message takes the trial of a pause once, however many rounds it needs. */
export async function mayWrite(
  services: Services,
  record: UserRecord,
  operation: Pick<Operation, 'add' | 'remove'>,
  work: ApplyWork,
): Promise<Gate> {
  const scopes = writeScopes(services, record.userId, operation);
  const gate = await askGate(services, scopes, record.state, work.isTrial);
  if (gate.kind === 'pass' && gate.trials.length > 0) work.isTrial = true;
  return gate;
}

/** A second look with the quota in hand: the user and the row are as they were, and so is what is to be done. */
async function isStillRight(services: Services, record: UserRecord, look: SeenUser): Promise<boolean> {
  const again = await lookAtUser(services, record, look.rollout);
  return (
    again.kind === 'seen' &&
    again.digest === look.digest &&
    isDeepStrictEqual(again.decision.operation, look.decision.operation) &&
    isDeepStrictEqual(again.decision.ledger, look.decision.ledger)
  );
}

/** The rollout may have been stopped and the guards used up while this write waited for its turn. */
async function mayStillWrite(services: Services, look: SeenUser): Promise<boolean> {
  const { input, decision, rollout } = look;
  return (await stillRuns(services, rollout)) && (await reserveWrite(services, input, decision, rollout));
}

/** As much of an operation as tells how many writes it takes. */
type Asked = {
  readonly add: readonly unknown[];
  readonly remove: readonly unknown[];
  readonly usageLocation?: string | undefined;
};

/** A usage location is a write of its own. */
export function writesOf(services: Services, operation: Asked): number {
  if (operation.usageLocation === undefined) return 1;
  return 1 + (hasLicenses(operation) && !isLocationLagging(services) ? 1 : 0);
}

/** For so long one refusal speaks for the others: then one user tries again whether the lag is over. */
const lagKnownMs = 60_000;

/** Graph has just refused a license right after its user's location was set: the next one would be refused too. */
function isLocationLagging({ locationLag, clock }: Services): boolean {
  return clock.now() - locationLag.refusedAt < lagKnownMs;
}

function hasLicenses(operation: Asked): boolean {
  return operation.add.length + operation.remove.length > 0;
}

async function writeOnce(
  services: Services,
  record: UserRecord,
  operation: Operation,
  { permit }: ApplyWork,
): Promise<void> {
  const { directory, quota } = services;
  if (operation.usageLocation !== undefined) {
    permit.use();
    await directory.setUsageLocation(record.userId, operation.usageLocation);
    quota.succeeded();
    if (hasLicenses(operation) && isLocationLagging(services)) {
      throw new GraphError('usageLocation', 'A usage location that was just set takes a moment', {
        status: 0,
      });
    }
  }
  if (!hasLicenses(operation)) return;
  permit.use();
  await directory.assignLicense(record.userId, { add: operation.add, remove: operation.remove });
  quota.succeeded();
}

/** Graph has confirmed: ledger, outcome and our own answer, in one transaction; follow-ups first. */
async function confirm(
  services: Services,
  task: Task,
  intended: UserRecord,
  look: SeenUser,
  operation: Operation,
  intent: Intent,
): Promise<void> {
  const now = services.clock.now();
  const before = intended.state ?? newUserState(now);
  const lastWrite: LastWrite = {
    at: now,
    before: intent.before,
    after: assignmentsAfter(intent.before, operation),
    usageLocation: operation.usageLocation ?? look.input.holding.usageLocation,
  };
  const state: UserState = {
    ...decidedState(before, look, now),
    version: before.version,
    intent: null,
    lastWrite,
    writtenAt: now,
    verifiedAt: null,
    digest: null,
  };
  const retry = await followUp(services, task, intended, look, before);
  if (operation.add.length > 0) {
    await scheduleVerify(services, task, intended.userId, now, task.isBulk === true);
  }
  await closeFailures(services, task, intended);
  await services.users.commit(intended, {
    state: withRetry(state, retry),
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
  await releaseSeats(services, task, intended, look, operation);
}

async function followUp(
  services: Services,
  task: Task,
  intended: UserRecord,
  look: SeenUser,
  before: UserState,
): Promise<UserState['retry']> {
  const due = reconcileDueAfter(services, look, before, before.writtenAt === null);
  if (due === undefined) return null;
  const { key, why, at } = due;
  return scheduleReconcile(services, task, intended.userId, before, key, why, at === undefined ? {} : { at });
}

export function directOf(holding: Holding): readonly License[] {
  return holding.direct.map(({ skuId, disabledPlans }) => ({ skuId, disabledPlans }));
}
