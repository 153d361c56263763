import { ConcurrencyError } from '../../../shared/kernel/errors';
import type { UserId } from '../../../shared/kernel/ids';
import type { GuardStore, GuardedWrite } from '../../../shared/store/ports/guard-store';
import type { PolicyStore } from '../../../shared/store/ports/policy-store';
import type { RolloutStore } from '../../../shared/store/ports/rollout-store';
import { joinBindings } from '../../../shared/words/policy-version';
import type { PolicyPointer, StoredPolicy } from '../../../shared/words/policy-version';
import { noMembers } from '../../../shared/words/rollout';
import type { Rollout, RolloutMember } from '../../../shared/words/rollout';

/** The smallest stores the pipeline's own tests need; what the real ones do is told by their contract tests. */
export function makeMemoryPolicies(): PolicyStore {
  const stored = new Map<string, StoredPolicy>();
  let version = 0;
  let pointer: PolicyPointer = {
    etag: null,
    active: null,
    candidate: null,
    isCandidateApproved: false,
    left: [],
  };
  return {
    pointer: async () => pointer,
    movePointer: async (from, to) => {
      if (from.etag !== pointer.etag) throw new ConcurrencyError('the policy pointer');
      pointer = { ...to, etag: String(++version) };
      return pointer;
    },
    add: async (policy) => {
      if (!stored.has(policy.hash)) stored.set(policy.hash, policy);
    },
    bind: async (hash, bindings) => {
      const policy = stored.get(hash);
      const known = policy?.bindings ?? { skus: [], plans: [] };
      if (policy !== undefined) stored.set(hash, { ...policy, bindings: joinBindings(known, bindings) });
      return stored.get(hash)?.bindings ?? bindings;
    },
    read: async (hash) => stored.get(hash),
    list: async function* () {
      yield* stored.values();
    },
  };
}

export function makeMemoryRollouts(): RolloutStore {
  const rollouts = new Map<string, Rollout>();
  const members = new Map<string, Map<UserId, RolloutMember>>();
  let version = 0;
  const put = (rollout: Omit<Rollout, 'etag'>): Rollout => {
    const next = { ...rollout, etag: String(++version) };
    rollouts.set(rollout.id, next);
    return next;
  };
  const membersOf = (id: string) => {
    const known = members.get(id) ?? new Map<UserId, RolloutMember>();
    members.set(id, known);
    return known;
  };
  return {
    create: async (rollout) => {
      if (rollouts.has(rollout.id)) throw new ConcurrencyError(rollout.id);
      return put(rollout);
    },
    read: async (id) => rollouts.get(id),
    list: async () => [...rollouts.values()].sort((a, b) => b.createdAt - a.createdAt),
    update: async (rollout, change) => {
      if (rollouts.get(rollout.id)?.etag !== rollout.etag) throw new ConcurrencyError(rollout.id);
      return put({ ...rollout, ...change });
    },
    addMembers: async (id, added) => {
      const known = membersOf(id);
      for (const member of added) if (!known.has(member.userId)) known.set(member.userId, member);
    },
    setMembers: async (id, changed) => {
      for (const member of changed) membersOf(id).set(member.userId, member);
    },
    readMember: async (id, userId) => membersOf(id).get(userId),
    members: async function* (id, state, { after = '', limit = Infinity } = {}) {
      const fits = (member: RolloutMember) =>
        member.userId > after && (state === undefined || member.state === state);
      yield* [...membersOf(id).values()].filter(fits).slice(0, limit);
    },
    countMembers: async (id) => {
      const counts = noMembers();
      for (const { state } of membersOf(id).values()) counts[state] += 1;
      return counts;
    },
  };
}

/** Counts users, without ever forgetting. */
export function makeMemoryGuards(): GuardStore {
  const reductions = new Set<UserId>();
  const changes = new Set<UserId>();
  const countedOf = (userId: UserId): GuardedWrite => ({
    reduction: reductions.has(userId),
    change: changes.has(userId),
  });
  const window = () => ({ reductions: reductions.size, changes: changes.size });
  return {
    read: async (userId) => ({ window: window(), counted: countedOf(userId) }),
    reserve: async (userId, coming, allows) => {
      const counted = countedOf(userId);
      const uncounted = {
        reduction: coming.reduction && !counted.reduction,
        change: coming.change && !counted.change,
      };
      if (!uncounted.reduction && !uncounted.change) return true;
      if (!allows(window(), uncounted)) return false;
      if (uncounted.reduction) reductions.add(userId);
      if (uncounted.change) changes.add(userId);
      return true;
    },
  };
}
