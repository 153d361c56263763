import { mapConcurrently } from '../../kernel/concurrently';
import { ConcurrencyError } from '../../kernel/errors';
import { timing } from '../../kernel/timing';
import type { UserId } from '../../kernel/ids';
import type { Rollout } from '../../words/rollout';
import type { PolicyPointer } from '../../words/policy-version';
import type { UserState } from '../../words/user-state';
import { readIfUsable } from '../crashes/unusable-row';
import { bulkSize } from '../intake/bulk-pacer';
import { sendLooks } from '../intake/send-looks';
import type { Services } from '../services';
import type { Task } from '../task';

/** What looking at overtaken users uses. */
export type OvertakenServices = Pick<
  Services,
  'bulkPacer' | 'clock' | 'policies' | 'queues' | 'quota' | 'rollouts' | 'users'
>;

/** Enough to hide the round trip of a read. */
const readersAtOnce = 8;
/** After so many users the lease is prolonged: listing them takes about a second, reading them one by one a few. */
const usersBetween = 1_000;

/**
 * Whether users whom an activation has overtaken are to be looked at now. This is so once after its approval and once after
 * its end, when no process goes by the policy pointer of before any more. After a day the nightly census has found them.
 * `now`: milliseconds.
 */
export function isOvertakenDue(rollout: Rollout, now: number): boolean {
  const { kind, state, startedAt, endedAt, overtakenAt = -Infinity } = rollout;
  if (kind !== 'activation' || startedAt === null) return false;
  if (endedAt === null && state !== 'running') return false;
  const from = (endedAt ?? startedAt) + timing.rollouts.stragglers.ms;
  return (
    overtakenAt < from && now >= from && (endedAt === null || now < from + timing.rollouts.lookedBack.ms)
  );
}

/**
 * Looks again at users whom an activation overtook: they were decided by another policy than the one that is theirs now, and
 * they are not in the plan, so that without this a joiner among them would wait for the next census. Members are fixed by the
 * plan, which may wait for days for its approval. While it runs, the users without a ledger go by its policy; after its end,
 * all users do. After a cancellation, those without a ledger who were decided by its policy go back.
 * What a later activation decides is not overtaken. A crash may send the looks twice, which does no harm.
 * `keepLease`: prolongs the lease of the caller, and says whether it still has it: there may be 100,000 users.
 * @returns the rollout, which says that it was done
 * @throws TransientError the queue or the tables could not be reached
 * @throws ConcurrencyError the rollout was changed meanwhile, or the lease was lost
 */
export async function lookAtOvertaken(
  services: OvertakenServices,
  task: Task,
  rollout: Rollout,
  keepLease: () => Promise<boolean>,
): Promise<Rollout> {
  const hold = async () => {
    if (!(await keepLease())) throw new ConcurrencyError('The lease of rollouts');
  };
  const found = await findOvertaken(services, rollout, hold);
  await hold();
  await sendLooks(services, task, found, 'rollout', found.length > bulkSize);
  if (found.length > 0) {
    const facts = { rollout: rollout.id, state: rollout.state, users: found.length };
    task.logger.info('Users whom an activation overtook are looked at again', facts);
  }
  return services.rollouts.update(rollout, { overtakenAt: services.clock.now() });
}

async function findOvertaken(
  { users, rollouts, policies }: Pick<Services, 'policies' | 'rollouts' | 'users'>,
  rollout: Rollout,
  hold: () => Promise<void>,
): Promise<readonly UserId[]> {
  const pointer = await policies.pointer();
  if (isOutdated(rollout, pointer)) return [];
  const decided: UserId[] = [];
  let listed = 0;
  for await (const { userId, state } of users.list()) {
    if (isByOther(rollout, state, pointer)) decided.push(userId);
    if (++listed % usersBetween === 0) await hold();
  }
  if (rollout.state === 'done' || decided.length === 0) return decided;
  const members = new Set<UserId>();
  if (rollout.state === 'running')
    for await (const { userId } of rollouts.members(rollout.id)) members.add(userId);
  const outside = decided.filter((userId) => !members.has(userId));
  let read = 0;
  const records = await mapConcurrently(outside, readersAtOnce, async (userId) => {
    if (++read % usersBetween === 0) await hold();
    return readIfUsable(users, userId);
  });
  return records.flatMap((record) => (record?.ledger.length === 0 ? [record.userId] : []));
}

/** A later activation has moved everybody since, or gives joiners the policy of a cancelled one after all. */
function isOutdated(
  { state, policyHash }: Rollout,
  { active, candidate, isCandidateApproved }: PolicyPointer,
): boolean {
  if (state === 'done') return active !== policyHash;
  if (state !== 'cancelled') return false;
  return active === policyHash || (isCandidateApproved && candidate === policyHash);
}

/** Decided since the plan was begun, by a policy that may not be the user's any more. */
function isByOther(
  { policyHash, state, createdAt }: Rollout,
  user: Pick<UserState, 'decidedAt' | 'policyHash'>,
  { candidate, isCandidateApproved }: PolicyPointer,
): boolean {
  const { decidedAt } = user;
  if (decidedAt === null || decidedAt < createdAt - timing.rollouts.overtaken.ms) return false;
  if (state === 'cancelled') return user.policyHash === policyHash;
  const isByNext = isCandidateApproved && user.policyHash === candidate;
  return user.policyHash !== policyHash && !isByNext;
}
