import type { GraphError } from '../../graph/graph-error';
import type { SkuId } from '../../kernel/ids';
import type { Operation } from '../../licensing/decision';
import type { Services } from '../services';
import type { Task } from '../task';
import type { ApplyWork, Carried } from './apply-work';
import { describeOperation } from './describe-operation';
import type { SeenUser } from '../look/look-at-user';
import { learnFromRefusal } from './learn-from-refusal';
import { giveUp, requeue, notPermitted, userMissing } from '../row/requeue';
import { parkRefused, scopesWork } from '../pauses/own-pause';
import { applyScope, skuScope, skuScopes } from '../pauses/pause-scope';
import { leaveLists } from '../seats/seek-seats';
import { seatsRefused } from '../seats/release-seats';
import { scheduleReconcile } from '../row/schedule-reconcile';
import { newUserState } from '../row/user-state';
import type { Reason } from '../../words/reason';
import type { UserRecord } from '../../store/ports/user-store';
import type { UserState } from '../../words/user-state';

/**
 * Graph refused a write: the one switch from its class to what happens next. `again`: read and decide afresh at
 * once (the intent stays in the row until a read has settled it).
 */
export async function refused(
  services: Services,
  task: Task,
  intended: UserRecord,
  look: SeenUser,
  operation: Operation,
  error: GraphError,
  work: ApplyWork,
): Promise<Carried> {
  const state = intended.state ?? newUserState(look.input.now);
  const reason: Reason = {
    code: error.code,
    text: `Graph refused to ${describeOperation(operation, look.input.catalogue)}: ${error.message}`,
  };
  // A refusal by a rule of licensing changes nothing (all or nothing), so the intent is over with it. The
  // usage location, if one was to be set, may have been.
  const closed: UserState = { ...state, intent: null };
  // An answer for good: a user whom a rollout was to move has been moved, to this answer.
  const answered: UserState = { ...closed, policyHash: look.decision.policyHash };
  const times = countRefusal(work, operation, error);
  if (byLicensingRule.has(error.class))
    await scopesWork(services, task, [applyScope, ...skuScopes(operation)]);
  switch (error.class) {
    case 'throttled':
      await services.quota.backOff(error.retryAfterMs);
      return 'throttled';
    case 'concurrency':
      await services.quota.backOff(error.retryAfterMs);
      if (times <= mostConcurrency) return 'throttled';
      // Somebody keeps writing to this very user: the lane is for others meanwhile.
      await requeue(services, task, intended, closed, 'unavailable', reason);
      return 'done';
    case 'ambiguous':
      // It may have been applied: only reading back tells.
      task.logger.warn('No answer to a write; reading back', { userId: intended.userId });
      return 'again';
    case 'notHeld':
      if (times === 1) return 'again';
      await requeue(services, task, intended, closed, 'unavailable', reason);
      return 'done';
    case 'seats':
      await seatsRefused(services, intended.userId, skusNamedIn(error, operation));
      if (times === 1) return 'again';
      // Deciding again came to the same call, such as a plan change: only time brings a seat.
      await requeue(
        services,
        task,
        intended,
        { ...answered, outcome: state.outcome ?? 'waiting', reasons: [reason] },
        'seats',
        reason,
      );
      return 'done';
    case 'gone':
      await userMissing(services, task, { ...intended, state: closed }, look.input.now);
      return 'done';
    case 'unavailable':
      await requeue(services, task, intended, state, 'unavailable', reason, error.retryAfterMs);
      return 'done';
    case 'usageLocation':
      if (operation.usageLocation !== undefined && error.status !== 0) {
        services.locationLag.refusedAt = services.clock.now();
      }
      // The same write went unanswered a moment ago: it may have taken effect, and only the intent says so then.
      await requeue(
        services,
        task,
        intended,
        hasGoneUnanswered(work, operation) ? state : closed,
        'usageLocation',
        reason,
      );
      return 'done';
    case 'prohibitedLocation':
    case 'conflict':
    case 'dependency':
    case 'uniqueness':
    case 'inherited':
      // Knowing what Graph taught, the decision is another one; the same one again would be refused again.
      if (times === 1 && (await learnFromRefusal(services, task, look, error))) return 'again';
      await block(services, intended, answered, look, reason, error, null);
      await leaveLists(services, intended.userId, [...look.granted], []);
      return 'done';
    case 'ownTrouble': {
      // No change of the user reports that the trouble is over, so the user is tried again now and then.
      const retry = await scheduleReconcile(services, task, intended.userId, state, 'ownTrouble', reason);
      await block(services, intended, answered, look, reason, error, retry);
      await leaveLists(services, intended.userId, [...look.granted], []);
      return 'done';
    }
    case 'permission':
      await notPermitted(services, task, intended, closed, applyScope, error, reason);
      return 'done';
    case 'configuration': {
      const scope = misconfiguredScope(error, operation);
      const origin = 'configuration';
      if (
        scope !== undefined &&
        (await parkRefused(services, task, intended, closed, { scope, origin, reason }))
      ) {
        return 'done';
      }
      await giveUp(services, task, intended, { ...closed, digest: look.digest }, error, reason);
      await leaveLists(services, intended.userId, [...look.granted], []);
      return 'done';
    }
    case 'unknown':
    case 'withheld':
      // Nothing is known of it, so time may heal it; `requeue` gives up after several attempts.
      await requeue(services, task, intended, closed, 'unknown', reason);
      await leaveLists(services, intended.userId, [...look.granted], []);
      return 'done';
    case 'badRequest':
    case 'syncStateLost':
    case 'subscriptionExists':
      await giveUp(services, task, intended, { ...answered, digest: look.digest }, error, reason);
      await leaveLists(services, intended.userId, [...look.granted], []);
      return 'done';
  }
}

const mostConcurrency = 10;

/** Refusals of one user's change, which show that the app may write and that the SKUs can be assigned. */
const byLicensingRule: ReadonlySet<GraphError['class']> = new Set([
  'seats',
  'conflict',
  'dependency',
  'prohibitedLocation',
  'inherited',
]);

/** How often this operation has met this refusal in the rounds of this message, counting this one. */
function countRefusal(work: ApplyWork, operation: Operation, error: GraphError): number {
  const key = refusalKey(error.class, operation);
  const times = (work.refusals.get(key) ?? 0) + 1;
  work.refusals.set(key, times);
  return times;
}

function hasGoneUnanswered(work: ApplyWork, operation: Operation): boolean {
  return work.refusals.has(refusalKey('ambiguous', operation));
}

function refusalKey(errorClass: GraphError['class'], { add, remove }: Operation): string {
  return JSON.stringify([errorClass, add, remove]);
}

/** The SKU that Graph's text names; when it names none that we asked for, all of them are suspects. */
function skusNamedIn(error: GraphError, operation: Operation): readonly SkuId[] {
  const asked = operation.add.map(({ skuId }) => skuId);
  const named = asked.filter((skuId) => error.ids.includes(skuId));
  return named.length > 0 ? named : asked;
}

/** The SKU that cannot be assigned, when there is no doubt which one it is. */
function misconfiguredScope(error: GraphError, operation: Operation): string | undefined {
  const [suspect, ...others] = skusNamedIn(error, operation);
  return suspect !== undefined && others.length === 0 ? skuScope(suspect) : undefined;
}

/** Nothing that waiting would mend: the same state is not tried again, a changed one is. */
async function block(
  services: Services,
  intended: UserRecord,
  closed: UserState,
  look: SeenUser,
  reason: Reason,
  error: GraphError,
  retry: UserState['retry'],
): Promise<void> {
  await services.users.commit(intended, {
    state: {
      ...closed,
      outcome: 'blocked',
      reasons: [reason],
      skus: look.decision.skus,
      digest: look.digest,
      retry,
    },
    timeline: [
      {
        version: closed.version,
        step: 'refused',
        at: services.clock.now(),
        text: reason.text,
        facts: { status: error.status, graphCode: error.graphCode, requestId: error.requestId },
      },
    ],
  });
}
