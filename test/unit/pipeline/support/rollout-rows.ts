import { toUserId } from '../../../../shared/kernel/ids';
import type { PolicyHash, UserId } from '../../../../shared/kernel/ids';
import type { Services } from '../../../../shared/pipeline/services';
import { BulkPacer } from '../../../../shared/pipeline/intake/bulk-pacer';
import { feedRollouts } from '../../../../shared/pipeline/rollouts/feed-rollouts';
import { toMember } from '../../../../shared/ops/rollouts/plan-members';
import type { Hint } from '../../../../shared/queue/messages';
import { makeFailingPorts } from '../../../support/faults/failing-ports';
import { makeMemoryPolicies, makeMemoryRollouts } from '../../../support/memory/memory-stores';
import { ledgerEntry, userId, userState } from '../../../support/user-states';
import { ems } from '../../../support/pipeline-world';
import { quietTask } from '../../../support/quiet-task';
import type { UserState } from '../../../../shared/words/user-state';
import type { MemberState, Rollout, RolloutKind, RolloutState } from '../../../../shared/words/rollout';

export const oldHash = 'a'.repeat(64) as PolicyHash;

export const newHash = 'b'.repeat(64) as PolicyHash;

export const start = 1_000_000;

export const rolloutRow = (state: RolloutState, kind: RolloutKind = 'activation'): Omit<Rollout, 'etag'> => ({
  id: 'r',
  kind,
  state,
  policyHash: newHash,
  planStateHash: null,
  by: 'ann',
  why: 'test',
  createdAt: start,
  approvedBy: null,
  startedAt: start,
  endedAt: null,
  approvalReasons: [],
  members: 0,
});

/** Five users, a queue that is a list, and handlers that are told when to work. */
export async function makeWorld(
  state: RolloutState,
  members = 5,
  kind: RolloutKind = 'activation',
  change: Partial<Rollout> = {},
) {
  let now = start;
  const users = new Map<UserId, UserState>();
  const sent: Hint[] = [];
  /** When what was sent is due, by send. */
  const times: (number | undefined)[] = [];
  /** Users of whom something was granted. */
  const licensed = new Set<UserId>();
  const policies = makeMemoryPolicies();
  const rollouts = makeMemoryRollouts();
  const { faults, failing: faulty } = makeFailingPorts();
  await policies.movePointer(await policies.pointer(), {
    active: oldHash,
    candidate: kind === 'activation' ? newHash : null,
    isCandidateApproved: true,
    left: kind === 'return' ? [oldHash, newHash] : [],
  });
  const row = rolloutRow(state, kind);
  await rollouts.create({ ...row, ...(state === 'cancelled' ? { cancelledAt: start } : {}), ...change });
  const all = Array.from({ length: members }, (_, index) => userId(index + 1));
  for (const id of all) users.set(id, userState({ policyHash: oldHash, decidedAt: 1, outcome: 'licensed' }));
  await rollouts.addMembers(
    'r',
    all.map((id) => toMember(id, null)),
  );
  const ports = {
    rollouts: faulty(rollouts),
    policies: faulty(policies),
    users: faulty({
      read: async (id: UserId) => ({
        userId: id,
        etag: '1',
        state: users.get(id) ?? null,
        ledger: licensed.has(id) ? [ledgerEntry(ems)] : [],
        exception: null,
      }),
      list: async function* () {
        for (const [id, stored] of users) yield { userId: id, state: stored };
      },
    }),
    queues: faulty({
      sendHints: async (hints: readonly Hint[], options: { readonly scheduledAt?: number } = {}) => {
        sent.push(...hints);
        times.push(options.scheduledAt);
      },
    }),
  };
  const clock = { now: () => now, sleep: async () => undefined };
  const pipeline = {
    clock,
    bulkPacer: new BulkPacer(clock),
    quota: { ratePerSecond: () => 0.1 },
    newId: () => 'holder',
    leases: { take: async () => true, release: async () => undefined },
    policy: { refresh: () => undefined },
    settings: { writesPerSecond: 0.1 },
    ...ports,
  } as unknown as Services;
  return {
    pipeline,
    rollouts,
    policies,
    users,
    sent,
    times,
    licensed,
    faults,
    advance: (ms: number) => {
      now += ms;
    },
    /** What handlers make of the hints. */
    handle: (outcome: Partial<UserState> = {}) => {
      for (const hint of sent.splice(0)) {
        const id = toUserId(hint.user.id);
        const moved = { policyHash: newHash, decidedAt: now, writtenAt: now };
        users.set(id, userState({ outcome: 'licensed', ...moved, ...outcome }));
      }
    },
    feed: () => feedRollouts(pipeline, quietTask),
    states: async () => {
      const found: MemberState[] = [];
      for await (const member of rollouts.members('r')) found.push(member.state);
      return found;
    },
  };
}
