import { isDeepStrictEqual } from 'node:util';
import { GraphError } from '../../graph/refusals/graph-error';
import { ConcurrencyError, ensureError } from '../../kernel/errors';
import { timing } from '../../kernel/timing';
import type { Operation } from '../../licensing/decision';
import type { UserRecord } from '../../store/ports/user-store';
import { reserveWrite } from '../guards/guard-decision';
import { lookAtUser } from '../look/look-at-user';
import { seenOf } from '../look/seen-user';
import type { SeenUser } from '../look/seen-user';
import { withoutPaused } from '../pauses/without-paused';
import { scopesWork } from '../pauses/own-pause';
import { askGate } from '../pauses/pause-gate';
import type { Gate } from '../pauses/pause-gate';
import { provenScopes, writeScopes } from '../pauses/pause-scope';
import { advance } from '../perform';
import type { Advanced } from '../perform';
import { stillRuns } from '../rollouts/enter-rollout';
import { isAskedFor } from '../row/decided';
import type { Result } from '../row/effects';
import type { Seen } from '../row/events';
import type { Services } from '../services';
import type { LookServices } from '../look/look-at-user';
import type { PerformServices } from '../perform';
import type { Task } from '../task';
import type { ApplyWork } from './apply-work';
import { writeWasRefused } from './refusal';

/**
 * Writes one operation: intent (compare-and-set), usage location, assignLicense, outcome (compare-and-set). The quota
 * is in hand already, unless the message promised less than there is to do: a user's row that has changed meanwhile
 * makes the intent fail, and everything starts over with fresh reads. The intent tells after a crash what of the
 * user's licenses is ours.
 * @throws ConcurrencyError the row has changed
 */
export async function carryOut(
  services: PerformServices & LookServices & Pick<Services, 'lastSuccess'>,
  task: Task,
  record: UserRecord,
  look: SeenUser,
  operation: Operation,
  work: ApplyWork,
): Promise<Result> {
  await work.permit.take(writesOf(services, operation));
  const again: Result = { kind: 'again', isAttempt: true };
  // Paused meanwhile: the next round parks the user.
  if ((await mayWrite(services, record, operation, work)).kind === 'paused') return again;
  // The quota may have taken its time, and the row's ETag does not tell what people did to the user meanwhile.
  const isStale = services.clock.now() - look.input.now > timing.write.freshRead.ms;
  if (isStale && !(await isStillRight(services, record, look))) return again;
  // Graph has refused another user's write meanwhile: this one would be refused too.
  if (services.quota.isClosed()) return { kind: 'again', isAttempt: false };
  if (!(await mayStillWrite(services, look))) return again;

  const seen = seenOf(look);
  const intended = await advance(services, task, record, { kind: 'intended', seen, operation });
  work.own.add(intended.record.state?.version ?? -1);
  try {
    await writeOnce(services, record, operation, work);
  } catch (thrown) {
    if (!(thrown instanceof GraphError)) throw ensureError(thrown);
    return writeWasRefused(services, task, intended.record, look, operation, thrown, work);
  }
  const { result } = await recordWrite(services, task, intended.record, seen, operation);
  await scopesWork(services, task, provenScopes(operation));
  return result ?? { kind: 'done' };
}

/** Rounds against other workers, for a fact that must not be lost. */
const maxRecordRounds = 12;

/** Graph has confirmed. The row that has changed since the intent learns of it all the same. */
async function recordWrite(
  services: PerformServices,
  task: Task,
  intended: UserRecord,
  seen: Seen,
  operation: Operation,
): Promise<Advanced> {
  const startedAt = intended.state?.intent?.at ?? seen.readAt;
  const { verifyAfterMs } = services.settings;
  const write = { seen, operation, isBulk: task.isBulk === true, verifyAfterMs };
  let record = intended;
  for (let round = 1; ; round++) {
    const event =
      record === intended
        ? ({ kind: 'written', ...write, isAskedFor: isAskedFor(task.source) } as const)
        : ({ kind: 'writtenLate', ...write, startedAt } as const);
    try {
      return await advance(services, task, record, event);
    } catch (error) {
      if (!(error instanceof ConcurrencyError) || round === maxRecordRounds) throw error;
      record = await services.users.read(intended.userId);
    }
  }
}

/** Whether a pause stops this write; one message takes the probe of a pause once, however many rounds it needs. */
export async function mayWrite(
  services: Pick<Services, 'clock' | 'control' | 'pauses' | 'settings'>,
  record: UserRecord,
  operation: Pick<Operation, 'add' | 'remove' | 'usageLocation'>,
  work: ApplyWork,
): Promise<Gate> {
  const scopes = writeScopes(services, record.userId, operation);
  const gate = await askGate(services, scopes, record.state, work.isProbe);
  if (gate.kind === 'pass' && gate.probes.length > 0) work.isProbe = true;
  return gate;
}

/** A second look with the quota in hand: the user and the row are as they were, and so is what is to be done. */
async function isStillRight(
  services: LookServices & Pick<Services, 'pauses'>,
  record: UserRecord,
  look: SeenUser,
): Promise<boolean> {
  const fresh = await lookAtUser(services, record, look.rollout);
  if (fresh.kind !== 'seen') return false;
  const again = look.leftFor === null ? fresh : await withoutPaused(services, fresh, record.state);
  return (
    again !== undefined &&
    again.digest === look.digest &&
    isDeepStrictEqual(again.decision.operation, look.decision.operation) &&
    isDeepStrictEqual(again.decision.ledger, look.decision.ledger)
  );
}

/** The rollout may have been stopped and the guards used up while this write waited for its turn. */
async function mayStillWrite(
  services: Pick<Services, 'guards' | 'ledgerCount' | 'rolloutStates'>,
  look: SeenUser,
): Promise<boolean> {
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
export function writesOf(services: Pick<Services, 'clock' | 'locationLag'>, operation: Asked): number {
  if (operation.usageLocation === undefined) return 1;
  return 1 + (hasLicenses(operation) && !isLocationLagging(services) ? 1 : 0);
}

/** Graph has just refused a license right after its user's location was set: the next one would be refused too. */
function isLocationLagging({ locationLag, clock }: Pick<Services, 'clock' | 'locationLag'>): boolean {
  return clock.now() - locationLag.refusedAt < timing.write.locationLag.ms;
}

function hasLicenses(operation: Asked): boolean {
  return operation.add.length + operation.remove.length > 0;
}

async function writeOnce(
  services: Pick<Services, 'clock' | 'directory' | 'locationLag' | 'quota'>,
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
