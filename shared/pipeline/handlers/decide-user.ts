import { isoTime } from '../../kernel/clock';
import { ConcurrencyError, UserError } from '../../kernel/errors';
import { toUserId } from '../../kernel/ids';
import type { UserId } from '../../kernel/ids';
import { backoffMs } from '../../kernel/retry';
import { timing } from '../../kernel/timing';
import { readHint } from '../../queue/messages';
import type { Hint } from '../../queue/messages';
import { isChangeSource } from '../../words/messages/hint-source';
import type { UserRecord } from '../../store/ports/user-store';
import type { UserState } from '../../words/user-state';
import { seenOf } from '../look/seen-user';
import { isStillPaused, parkHint } from '../pauses/park-work';
import { askGate, whyPaused } from '../pauses/pause-gate';
import { intakeScope, writeScopes } from '../pauses/pause-scope';
import { withoutPaused } from '../pauses/without-paused';
import type { SeenUser } from '../look/seen-user';
import { advance } from '../perform';
import { noteFound } from '../observed/note-found';
import { enterRollout } from '../rollouts/enter-rollout';
import { isMovedSincePlan, settleUnwritten } from '../rollouts/record-member';
import { isAskedFor } from '../row/decided';
import type { Heard } from '../row/events';
import { isOfDecision } from '../row/hinted';
import { listsOfRow } from '../row/user-state';
import { sendHints } from '../send-messages';
import type { Services } from '../services';
import type { Task } from '../task';
import { lookForWork } from './look-for-work';
import { takeMessage } from './take-message';
import type { Delivery } from './take-message';
import { verifyUser } from './verify-user';
import type { HandleServices } from './look-for-work';

type DecideServices = HandleServices & Pick<Services, 'expressWindow' | 'metrics'>;

/** Rounds against other workers that change the same row, before the broker delivers the message again. */
const maxRounds = 12;

/**
 * The handler of `directory-changes`: look at the user, decide, and enqueue the operation where something must be
 * written. A hint only says whom to look at, so duplicated, late and reordered hints do no harm.
 * @throws ConcurrencyError the row kept changing for 12 rounds
 * @throws TransientError tables or queues are away for longer than the client waits
 */
export async function decideUser(
  services: DecideServices,
  given: Task,
  body: unknown,
  delivery: Delivery,
): Promise<void> {
  const message = await takeMessage(services, given, readHint(body), body, delivery);
  if (message === undefined) return;
  const hint = clampSeenAt(message.hint, services.clock.now());
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
    try {
      await decideOnce(services, task, { hint, record, messageId: delivery.messageId });
      return;
    } catch (error) {
      if (error instanceof ConcurrencyError && round < maxRounds) {
        await services.clock.sleep(backoffMs(timing.handlers.decideRound, round - 1, services.random));
        continue;
      }
      if (!(error instanceof UserError)) throw error;
      // No usable policy: the hint waits in the queue until an operator has repaired it.
      logger.error('Deciding is not possible; the hint is parked', { error });
      const parked = toParkedHint(hint, record.state, delivery.messageId);
      await sendHints(services, task, [parked], services.clock.now() + timing.handlers.park.ms);
      return;
    }
  }
}

/** Clocks of senders may run ahead; what they heard, they heard by now. */
function clampSeenAt(hint: Hint, now: number): Hint {
  return Date.parse(hint.seenAt) <= now ? hint : { ...hint, seenAt: isoTime(now) };
}

/**
 * The hint as it is to be sent under another message id: what only the message of a decision may do, it goes on to do
 * as a retry.
 */
function toParkedHint(hint: Hint, state: UserState | null, messageId: string): Hint {
  // A rollout's hint always goes on, and must stay known as one.
  if (hint.source === 'rollout' || !isOfDecision(state, messageId)) return hint;
  return { ...hint, source: 'retry' };
}

type Work = { readonly hint: Hint; readonly record: UserRecord; readonly messageId: string };

async function decideOnce(services: DecideServices, task: Task, work: Work): Promise<void> {
  const { hint, messageId } = work;
  const { userId } = work.record;
  const heard = heardFrom(hint, messageId);
  const { seenAt, token } = heard;
  const stillPaused = await isStillPaused(services, work.record, hint);
  const begun = await advance(
    services,
    task,
    work.record,
    { kind: 'hinted', heard, isStillPaused: stillPaused },
    hint,
  );
  if (begun.result !== undefined) return;
  const { record } = begun;

  const isRemoved = hint.removed === true && isNewsToRow(record.state, seenAt);
  if (isRemoved && !mayBeBack(record.state, heard, services.clock.now())) {
    // No read: a thousand who leave at once cost nothing of what joiners need.
    if (record.state !== null)
      await advance(services, task, record, { kind: 'missing', seenAt, token, isRemoved: true });
    return;
  }

  const entry = await enterRollout(services, record, hint.rollout, hint.source);
  const drop = () => advance(services, task, record, { kind: 'dropped', token });
  if (entry.kind === 'stop') {
    await drop();
    return;
  }
  const request = { record, rollout: entry.rollout, seenAt, token, isRemoved, isLookedAtAgain: true };
  const look = await lookForWork(services, task, request);
  if (look === undefined) return;
  const seen = seenOf(look);
  const note = () => noteFound(services, hint, record.state, seen);
  if (seen.decision.operation === undefined || seen.isObserving) {
    const { verifyAfterMs } = services.settings;
    const isBulk = task.isBulk === true;
    const forUser = isAskedFor(hint.source);
    const settled = await advance(services, task, record, {
      kind: 'looked',
      by: 'decide',
      seen,
      heard,
      isRefused: false,
      isAskedFor: forUser,
      isBulk,
      verifyAfterMs,
    });
    note();
    // What a crash interrupted is confirmed by this very look: the row before it does not know of that write.
    await settleUnwritten(services, settled.record, look);
    return;
  }
  if (await isMovedSincePlan(services, record, look)) {
    await drop();
    return;
  }
  const proposal = { kind: 'proposed', by: 'decide', seen, heard, isOwnIntent: false } as const;
  if ((await advance(services, task, record, proposal, hint)).result !== undefined) return;

  const scopes = writeScopes(services, userId, seen.decision.operation);
  const gate = await askGate(services, scopes, record.state);
  const rest = gate.kind === 'paused' ? await restThatMayBeWritten(services, record, look) : undefined;
  if (gate.kind === 'paused' && rest === undefined) {
    const { scope } = gate.pause;
    const why = whyPaused(gate.pause, record.state);
    const decided = { seen, heard };
    await advance(services, task, record, { kind: 'paused', scope, why, seenAt, decided, token });
    note();
    return;
  }
  await advance(services, task, record, {
    kind: 'decided',
    seen: rest === undefined ? seen : seenOf(rest),
    heard: await asOneOfMany(services, userId, heard),
    isProbe: gate.kind === 'pass' && gate.probes.length > 0,
  });
  note();
}

/** Users whom changes of the directory bring are a crowd by their number, however their changes arrived. */
async function asOneOfMany(
  services: Pick<Services, 'expressWindow'>,
  userId: UserId,
  heard: Heard,
): Promise<Heard> {
  if (heard.isBulk || !isChangeSource(heard.source)) return heard;
  return { ...heard, isBulk: !(await services.expressWindow.admits(userId)) };
}

/** What is to be written beside paused SKUs, where nothing else stops it; undefined: nothing. */
async function restThatMayBeWritten(
  services: Pick<
    Services,
    'clock' | 'control' | 'guards' | 'ledgerCount' | 'pauses' | 'rolloutStates' | 'rollouts' | 'settings'
  >,
  record: UserRecord,
  look: SeenUser,
): Promise<SeenUser | undefined> {
  const rest = await withoutPaused(services, look, record.state);
  if (rest?.decision.operation === undefined) return undefined;
  const gate = await askGate(
    services,
    writeScopes(services, record.userId, rest.decision.operation),
    record.state,
  );
  return gate.kind === 'pass' ? rest : undefined;
}

/** A user who was looked at after the news may be back, and a write under way is settled by a read. */
function isNewsToRow(state: UserState | null, seenAt: number): boolean {
  if (state === null) return true;
  const lookedAt = Math.max(state.decidedAt ?? 0, state.foundAt ?? 0);
  return state.intent === null && lookedAt < seenAt - timing.row.skew.ms;
}

/**
 * Where a removal is late, its user may have been restored and looked at since: a look that finds what the row says
 * leaves no trace in it. All removals of a crowd are late, by their pace; of those, only who has a place on a waiting
 * list is read, since that place would be lost. The rest the census finds.
 */
function mayBeBack(state: UserState | null, { seenAt, isBulk }: Heard, now: number): boolean {
  // No look has found the user since the last one that did not.
  if (state === null || state.missingSince !== null) return false;
  if (now - seenAt < timing.row.lateRemoval.ms) return false;
  return !isBulk || listsOfRow({ state }).length > 0;
}

function heardFrom({ source, seenAt, retryToken, crowd }: Hint, messageId: string): Heard {
  return { source, seenAt: Date.parse(seenAt), token: retryToken, messageId, isBulk: crowd === true };
}
