import { sameAssignments } from '../../licensing/holding/effective-holding';
import type { Hint } from '../../queue/messages';
import { sendHints } from '../send-messages';
import type { Services } from '../services';
import type { Task } from '../task';
import type { SeenUser } from '../look/look-at-user';
import type { RequeueClass } from './schedule-reconcile';
import type { UserRecord } from '../../store/ports/user-store';

/** A write seldom takes longer from its intent to its outcome; after that its writer counts as crashed. */
const writingMs = 10_000;

/** Looks that are scheduled with the intent still open. */
const handedOver: ReadonlySet<string> = new Set<RequeueClass>(['unavailable', 'usageLocation']);

/** Versions of the row whose intent the caller wrote itself, in an earlier round. */
export type OwnIntents = ReadonlySet<number>;

/**
 * The row holds a fresh intent for the very operation that this look arrived at: another worker is writing it, and
 * a second, identical write would only cost quota. An intent for anything else is no reason to wait.
 */
export function isBeingWritten(
  record: UserRecord,
  look: SeenUser,
  now: number,
  own: OwnIntents = new Set(),
): boolean {
  const intent = record.state?.intent ?? null;
  const operation = look.decision.operation;
  // An intent from further ahead than clocks differ is of a clock that was wrong: nobody can be waited for by it.
  if (intent === null || operation === undefined || Math.abs(now - intent.at) >= writingMs) return false;
  if (own.has(record.state?.version ?? -1)) return false;
  // The writer has given it into the hands of a scheduled look, which must not wait for a writer.
  const retry = record.state?.retry ?? null;
  if (retry !== null && handedOver.has(retry.key) && retry.at >= intent.at) return false;
  return (
    sameAssignments(intent.add, operation.add) &&
    [...intent.remove].sort().join() === [...operation.remove].sort().join()
  );
}

/**
 * Puts a look off until the intent is old enough to count as left behind. It must not end for the writer's sake: the
 * writer may have gone already and have given its work to this very look, as when the look overtook the commit that
 * names it, or took the place of the one that was named.
 */
export async function lookAfterWriting(
  services: Services,
  task: Task,
  { state }: UserRecord,
  hint: Hint,
): Promise<void> {
  const scheduledAt = (state?.intent?.at ?? services.clock.now()) + writingMs;
  await sendHints(services, task, [hint], scheduledAt);
}
