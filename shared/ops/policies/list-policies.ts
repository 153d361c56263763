import { UserError } from '../../kernel/errors';
import { isoTime } from '../../kernel/clock';
import type { Services } from '../../pipeline/services';
import type { PolicyStore } from '../../store/ports/policy-store';
import type { PolicyPointer, StoredPolicy } from '../../words/policy-version';

/** `active`; `candidate`: of the activation under way; `left`: of a cancelled one, with users still on it; `stored`: none of these. */
export type PolicyStanding = 'active' | 'candidate' | 'left' | 'stored';

export type PolicyView = {
  readonly hash: string;
  readonly standing: PolicyStanding;
  /** ISO 8601. */
  readonly storedAt: string;
  readonly by: string;
};

/**
 * Newest first. While the row is lost that says which is active, none stands as such: who repairs it sees the others.
 */
export async function listPolicies({ policies }: Pick<Services, 'policies'>): Promise<readonly PolicyView[]> {
  const pointer = (await findLostPointer(policies)) ?? (await policies.pointer());
  const found: Pick<StoredPolicy, 'hash' | 'storedAt' | 'by'>[] = [];
  for await (const policy of policies.list()) found.push(policy);
  return found.sort((a, b) => b.storedAt - a.storedAt).map((policy) => toView(policy, pointer));
}

/**
 * A stored policy with its text and what its names were bound to (null: not yet). `hash`: the beginning of one, `active` or `candidate`.
 * @throws UserError `policy/unknown`, `policy/ambiguous`
 */
export async function showPolicy(
  { policies }: Pick<Services, 'policies'>,
  hash: string,
): Promise<PolicyView & { readonly text: string; readonly bindings: StoredPolicy['bindings'] | null }> {
  const pointer = (await findLostPointer(policies)) ?? (await policies.pointer());
  const wanted = (hash === 'active' || hash === 'candidate' ? pointer[hash] : null) ?? hash;
  const stored = await policies.read(await findPolicyHash({ policies }, wanted));
  if (stored === undefined) throw noSuchPolicy(hash);
  return { ...toView(stored, pointer), text: stored.text, bindings: stored.bindings ?? null };
}

/**
 * The stored policy whose hash begins so.
 * @throws UserError `policy/unknown`, `policy/ambiguous`
 */
export async function findPolicyHash(
  { policies }: Pick<Services, 'policies'>,
  beginning: string,
): Promise<StoredPolicy['hash']> {
  const wanted = beginning.toLowerCase();
  const found: StoredPolicy['hash'][] = [];
  for await (const policy of policies.list()) if (policy.hash.startsWith(wanted)) found.push(policy.hash);
  const [first, ...others] = found;
  if (first === undefined) throw noSuchPolicy(beginning);
  if (others.length === 0) return first;
  throw new UserError('policy/ambiguous', `Several stored policies begin with ${beginning}`, {
    hint: listThem,
  });
}

const listThem = 'List them with `licenser policy list`.';

function noSuchPolicy(hash: string): UserError {
  return new UserError('policy/unknown', `No stored policy begins with ${hash}`, { hint: listThem });
}

/** What stands for a pointer whose row is gone or cannot be read; undefined: it can be read. */
export async function findLostPointer(
  policies: Pick<PolicyStore, 'pointer'>,
): Promise<PolicyPointer | undefined> {
  const none = { etag: null, active: null, candidate: null, isCandidateApproved: false, left: [] };
  try {
    const pointer = await policies.pointer();
    return pointer.active === null ? pointer : undefined;
  } catch (error) {
    if (error instanceof UserError && error.code === 'policy/pointer-lost') return none;
    throw error;
  }
}

function toView(
  { hash, storedAt, by }: Pick<StoredPolicy, 'hash' | 'storedAt' | 'by'>,
  { active, candidate, left }: PolicyPointer,
): PolicyView {
  const standing =
    hash === active ? 'active' : hash === candidate ? 'candidate' : left.includes(hash) ? 'left' : 'stored';
  return { hash, standing, storedAt: isoTime(storedAt), by };
}
