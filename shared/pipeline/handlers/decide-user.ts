import { isoTime } from '../../kernel/clock';
import { ConcurrencyError, UserError } from '../../kernel/errors';
import { toUserId } from '../../kernel/ids';
import type { UserId } from '../../kernel/ids';
import { backoffMs } from '../../kernel/retry';
import { laneOf } from '../../queue/lanes';
import { readHint } from '../../queue/messages';
import type { Hint } from '../../queue/messages';
import { hasEndedProcesses } from '../crashes/handle-carefully';
import { sendHints, sendOperation } from '../send-messages';
import type { Services } from '../services';
import type { Task } from '../task';
import { collectHeld } from '../guards/collect-held';
import { isBeingWritten, lookAfterWriting } from '../row/being-written';
import { lookAtUser } from '../look/look-at-user';
import type { Look, SeenUser } from '../look/look-at-user';
import { lookFailed, userMissing } from '../row/requeue';
import { describeOperation } from '../write/describe-operation';
import { scopesWork } from '../pauses/own-pause';
import { askGate } from '../pauses/pause-gate';
import { intakeScope, writeScopes } from '../pauses/pause-scope';
import { parkHint, parkUser, staysParked, whyPaused } from '../pauses/park-work';
import { absorbsEcho, onItsWayMs, toParkedHint } from '../row/absorb-echo';
import { isAskedFor } from '../row/record-failure';
import { enterRollout } from '../rollouts/enter-rollout';
import { isMovedSincePlan, settleUnwritten } from '../rollouts/record-member';
import { leaveAllButThese, leaveLists, listsOfLook, listsOfRow, seekSeats } from '../seats/seek-seats';
import { seenEntry } from '../row/seen-entry';
import { isSuperseded, claimScheduledLook } from '../row/schedule-reconcile';
import { recordDecision } from '../row/record-decision';
import { takeMessage } from './take-message';
import type { Delivery } from './take-message';
import { foundSince, newUserState } from '../row/user-state';
import { verifyUser } from './verify-user';
import type { TimelineEntry } from '../../words/timeline';
import type { UserRecord } from '../../store/ports/user-store';
import { queueNames } from '../../queue/queues';

const parkMs = 30_000;
const maxRounds = 12;
const pace = { firstMs: 20, maxMs: 2_000 };

/**
 * The handler of `directory-changes`: look at the user, decide, and enqueue the operation where something must be
 * written. A hint only says whom to look at, so doubled, late and reordered hints do no harm.
 */
export async function decideUser(
  services: Services,
  given: Task,
  body: unknown,
  delivery: Delivery,
): Promise<void> {
  const message = await takeMessage(services, given, readHint(body), body, delivery);
  if (message === undefined) return;
  const hint = notAhead(message.hint, services.clock.now());
  const { source, rollout: rolloutId } = hint;
  const userId = toUserId(hint.user.id);
  const logger = given.logger.with({ userId, source });
  const trace = given.trace ?? message.trace.parent;
  const task: Task = { logger, trace, isBulk: hint.crowd === true, rolloutId, source };
  if (hint.kind === 'verify') {
    await verifyUser(services, task, hint);
    return;
  }
  const gate = await askGate(services, [intakeScope]);
  if (gate.kind === 'paused') {
    const { state } = await services.users.read(userId);
    await parkHint(services, task, toParkedHint(hint, state, delivery.messageId));
    return;
  }

  for (let round = 1; ; round++) {
    const record = await services.users.read(userId);
    if (hint.retryToken !== undefined && isSuperseded(record.state, hint.retryToken)) {
      logger.debug('Scheduled look has been superseded; dropped');
      return;
    }
    if (hasEndedProcesses(record.state) && hint.source !== 'operator') {
      logger.warn(
        'Handling this user has ended the process again and again; a person must say when to look again',
      );
      return;
    }
    try {
      if (await staysParked(services, task, record, hint)) return;
      if (await absorbsEcho(services, task, record, hint, delivery.messageId)) return;
      const taken = await claimScheduledLook(services, record, hint);
      await decideOnce(services, task, { hint, record: taken, delivery });
      return;
    } catch (error) {
      if (error instanceof ConcurrencyError && round < maxRounds) {
        await services.clock.sleep(backoffMs(pace, round - 1, services.random));
        continue;
      }
      if (error instanceof UserError) {
        // No usable policy: the hint waits in the queue until somebody has mended it.
        logger.error('Deciding is not possible; the hint is parked', { error });
        const parked = toParkedHint(hint, record.state, delivery.messageId);
        await sendHints(services, task, [parked], services.clock.now() + parkMs);
        return;
      }
      throw error;
    }
  }
}

/** Nobody has heard of a user later than now, whatever a sender's clock says. */
function notAhead(hint: Hint, now: number): Hint {
  return Date.parse(hint.seenAt) <= now ? hint : { ...hint, seenAt: isoTime(now) };
}

type Work = {
  readonly hint: Hint;
  readonly record: UserRecord;
  readonly delivery: Delivery;
};

async function decideOnce(services: Services, task: Task, work: Work): Promise<void> {
  const { hint, record, delivery } = work;
  const { userId } = record;
  const entry = await enterRollout(services, record, hint.rollout, hint.source);
  if (entry.kind === 'stop') return;
  let look: Look;
  try {
    look = await lookAtUser(services, record, entry.rollout);
  } catch (error) {
    if (await lookFailed(services, task, record, error, Date.parse(hint.seenAt))) return;
    throw error;
  }
  await scopesWork(services, task, [intakeScope]);
  if (look.kind === 'missing') {
    await userMissing(services, task, record, Date.parse(hint.seenAt), hint.retryToken);
    return;
  }
  look = await seekSeats(services, task, record, look);
  if (hint.source === 'waiting') await leaveAllButThese(services, look);
  await collectHeld(services, task, look);
  if (look.decision.operation === undefined || look.input.policy.mode === 'observe') {
    await recordDecision(services, task, record, look, { by: 'decide', hint });
    await settleUnwritten(services, record, look);
    return;
  }
  if (await isMovedSincePlan(services, record, look)) return;
  if (isOnItsWay(services, record, look, hint) && record.state?.decidedBy !== delivery.messageId) return;
  if (isBeingWritten(record, look, services.clock.now())) {
    await lookAfterWriting(services, task, record, hint);
    return;
  }

  // A rollout's decision is the user's only once it has been written: cancelled before that, it never was.
  const state = look.rollout === null ? null : record.state;
  const change =
    state === null ? decisionToRecord(services, record, look, hint, delivery.messageId) : { state };
  const gate = await askGate(services, writeScopes(services, userId, look.decision.operation), record.state);
  if (gate.kind === 'paused') {
    await parkUser(services, task, record, { ...change, why: whyPaused(gate.pause, record.state) });
    return;
  }
  if (state === null) {
    const sentVersion = change.state.version;
    await services.users.commit(record, { ...change, state: { ...change.state, sentVersion } });
    await leaveLists(services, userId, listsOfRow(record), listsOfLook(look));
  }
  await send(services, task, userId, look, { hint, isTrial: gate.trials.length > 0 });
}

const goesOnSources: ReadonlySet<Hint['source']> = new Set(['retry', 'operator', 'deadLetter', 'waiting']);
/**
 * The same state was decided before and its operation sent (or refused by Graph for good): one read was enough.
 * Operators, scheduled looks and seats set aside always go on, and so does the very message of that decision when it
 * comes again, because the crash may have come between the row and the queue. Its delivery count does not tell: a
 * broker that loses its locks need not count.
 */
function isOnItsWay(services: Services, record: UserRecord, look: SeenUser, hint: Hint): boolean {
  const state = record.state;
  if (state === null || state.digest !== look.digest || state.decidedAt === null) return false;
  if (look.rollout !== null || goesOnSources.has(hint.source)) return false;
  const isRefused = state.outcome === 'blocked' || state.outcome === 'failed';
  return isRefused || Math.abs(services.clock.now() - state.decidedAt) < onItsWayMs;
}

function decisionToRecord(
  services: Services,
  record: UserRecord,
  look: SeenUser,
  hint: Hint,
  messageId: string,
) {
  const now = services.clock.now();
  const seenAt = Date.parse(hint.seenAt);
  const before = record.state ?? newUserState(seenAt);
  const operation = look.decision.operation;
  const timeline: TimelineEntry[] = [
    ...(record.state === null ? [seenEntry(seenAt, hint)] : []),
    {
      version: before.version + 1,
      step: 'decided',
      at: now,
      text:
        operation === undefined ? look.decision.outcome : describeOperation(operation, look.input.catalogue),
      facts: { source: hint.source, policyHash: look.decision.policyHash, reasons: look.decision.reasons },
    },
  ];
  return {
    state: {
      ...before,
      version: before.version + 1,
      reasons: look.decision.reasons,
      skus: look.decision.skus,
      digest: look.digest,
      policyHash: look.decision.policyHash,
      foundAt: foundSince(before, now),
      decidedAt: now,
      decidedBy: messageId,
      // Its attempts count on until an outcome settles it.
      retry: before.retry,
      missingSince: null,
    },
    timeline,
  };
}

async function send(
  services: Services,
  task: Task,
  userId: UserId,
  look: SeenUser,
  { hint, isTrial }: { readonly hint: Hint; readonly isTrial: boolean },
): Promise<void> {
  const { operation, policyHash } = look.decision;
  if (operation === undefined) return;
  const isBulk = hint.crowd === true || look.rollout !== null || hint.source === 'census';
  await sendOperation(
    services,
    task,
    isBulk ? queueNames.licenseChangesBulk : queueNames.licenseChanges,
    {
      user: { id: userId },
      kind: operation.kind,
      add: operation.add.map(({ skuId, disabledPlans }) => ({ skuId, disabledPlans: [...disabledPlans] })),
      remove: [...operation.remove],
      ...(operation.usageLocation === undefined ? {} : { usageLocation: operation.usageLocation }),
      why: look.decision.reasons.map((reason) => reason.text),
      policyHash,
      ...(look.rollout === null ? {} : { rollout: look.rollout.id }),
      ...(isAskedFor(hint.source) ? { source: hint.source } : {}),
      ...(isTrial ? { trial: true } : {}),
    },
    laneOf(userId, services.settings.lanes),
  );
}
