import type { GraphPermission } from '../../graph/permissions';
import type { GraphError } from '../../graph/refusals/graph-error';
import type { SkuId } from '../../kernel/ids';
import type { Operation } from '../../licensing/decision';
import type { UserRecord } from '../../store/ports/user-store';
import { seenOf } from '../look/seen-user';
import type { SeenUser } from '../look/seen-user';
import { scopesWork } from '../pauses/own-pause';
import { applyScope, locationScope, provenScopes, skuScope } from '../pauses/pause-scope';
import { advance } from '../perform';
import type { Refusal, Suspect } from '../row/events';
import type { Result } from '../row/effects';
import type { Services } from '../services';
import type { PerformServices } from '../perform';
import type { Task } from '../task';
import type { ApplyWork } from './apply-work';
import { learnFromRefusal } from './learn-from-refusal';

/** Graph's refusal, as the row machine wants it; `doing`: what was refused, for people. */
export function refusalOf(error: GraphError, doing?: string): Refusal {
  const text = doing === undefined ? error.message : `Graph refused to ${doing}: ${error.message}`;
  return {
    class: error.class,
    reason: { code: error.code, text },
    status: error.status,
    graphCode: error.graphCode,
    requestId: error.requestId,
    retryAfterMs: error.retryAfterMs,
  };
}

const locationPermission: GraphPermission = 'User.ReadWrite.All';

/** Refusals of one user's change, which show that the app may write and that the SKUs can be assigned. */
const byLicensingRule: ReadonlySet<GraphError['class']> = new Set([
  'seats',
  'conflict',
  'dependency',
  'prohibitedLocation',
  'inherited',
]);

/** Refusals that may name plans which do not go together, or a SKU that cannot be assigned. */
const lessons: ReadonlySet<GraphError['class']> = new Set([
  'prohibitedLocation',
  'conflict',
  'dependency',
  'uniqueness',
  'inherited',
  'configuration',
]);

/** Graph refused a write: what the row machine makes of it. `record`: with the intent of this write. */
export async function writeWasRefused(
  services: PerformServices & Pick<Services, 'lastSuccess' | 'learntConflicts'>,
  task: Task,
  record: UserRecord,
  look: SeenUser,
  operation: Operation,
  error: GraphError,
  work: ApplyWork,
): Promise<Result> {
  const seen = seenOf(look);
  const times = countRefusal(work, operation, error);
  if (byLicensingRule.has(error.class)) {
    await scopesWork(services, task, provenScopes(operation));
  }
  if (error.class === 'ambiguous') {
    task.logger.warn('No answer to a write; reading back', { userId: record.userId });
  }
  const isLesson =
    lessons.has(error.class) && times === 1 && (await learnFromRefusal(services, task, look, error));
  const hasGoneUnanswered = work.refusals.has(refusalKey('ambiguous', operation));
  // A 503 may come after the write has taken effect.
  const isOpen = hasGoneUnanswered || error.class === 'unavailable';
  if (!isOpen && record.state !== null) work.refused.add(record.state.version);
  // The probe has had its answer; what else is to be written goes past no pause.
  if (error.class === 'configuration') work.isProbe = false;
  const named = skusNamedIn(error, operation);
  const touched = [...operation.add.map(({ skuId }) => skuId), ...operation.remove];
  const { result } = await advance(services, task, record, {
    kind: 'writeRefused',
    refusal: refusalOf(error, seen.operationText),
    seen,
    operation,
    times,
    hasGoneUnanswered,
    isLesson,
    skuIds: named,
    isRest: touched.some((skuId) => !named.includes(skuId)),
    suspect: await suspectOf(services, error, operation),
  });
  return result ?? { kind: 'done' };
}

/** How often this operation has met this refusal in the rounds of this message, counting this one. */
function countRefusal({ refusals }: ApplyWork, operation: Operation, error: GraphError): number {
  const key = refusalKey(error.class, operation);
  const times = (refusals.get(key) ?? 0) + 1;
  refusals.set(key, times);
  return times;
}

function refusalKey(errorClass: GraphError['class'], { add, remove }: Operation): string {
  return JSON.stringify([errorClass, add, remove]);
}

/** The SKU that Graph's text names; when it names none that was asked for, all of them are suspects. */
function skusNamedIn(error: GraphError, operation: Operation): readonly SkuId[] {
  const asked = operation.add.map(({ skuId }) => skuId);
  const named = asked.filter((skuId) => error.ids.includes(skuId));
  return named.length > 0 ? named : asked;
}

/** The scope that a missing permission or a wrong configuration would pause, when there is no doubt which it is. */
async function suspectOf(
  { lastSuccess }: Pick<Services, 'lastSuccess'>,
  error: GraphError,
  operation: Operation,
): Promise<Suspect | undefined> {
  if (error.class === 'permission') {
    // Locations are set by a call of their own, with a permission of its own; it alone says nothing of other writes.
    const scope = error.permission === locationPermission ? locationScope : applyScope;
    return { scope, origin: 'permission', workedAt: await lastSuccess.of(scope) };
  }
  const [sku, ...others] = skusNamedIn(error, operation);
  if (error.class !== 'configuration' || sku === undefined || others.length > 0) return undefined;
  const scope = skuScope(sku);
  return { scope, origin: 'configuration', workedAt: await lastSuccess.of(scope) };
}
