import { UserError } from '../../kernel/errors';
import { isoTime } from '../../kernel/clock';
import type { Services } from '../../pipeline/services';
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

/** Newest first. */
export async function listPolicies({ policies }: Pick<Services, 'policies'>): Promise<readonly PolicyView[]> {
  const pointer = await policies.pointer();
  const found: Pick<StoredPolicy, 'hash' | 'storedAt' | 'by'>[] = [];
  for await (const policy of policies.list()) found.push(policy);
  return found.sort((a, b) => b.storedAt - a.storedAt).map((policy) => toView(policy, pointer));
}

/**
 * A stored policy with its text. `hash`: the beginning of one, `active` or `candidate`.
 * @throws UserError `policy/unknown`, `policy/ambiguous`
 */
export async function showPolicy(
  { policies }: Pick<Services, 'policies'>,
  hash: string,
): Promise<PolicyView & { readonly text: string }> {
  const pointer = await policies.pointer();
  const wanted = (hash === 'active' || hash === 'candidate' ? pointer[hash] : null) ?? hash.toLowerCase();
  const found: StoredPolicy['hash'][] = [];
  for await (const policy of policies.list()) if (policy.hash.startsWith(wanted)) found.push(policy.hash);
  const [first, ...others] = found;
  const stored = first === undefined || others.length > 0 ? undefined : await policies.read(first);
  if (stored === undefined) {
    const several = others.length > 0;
    throw new UserError(
      several ? 'policy/ambiguous' : 'policy/unknown',
      several ? `Several stored policies begin with ${hash}` : `No stored policy begins with ${hash}`,
      { hint: 'List them with `licenser policy list`.' },
    );
  }
  return { ...toView(stored, pointer), text: stored.text };
}

function toView(
  { hash, storedAt, by }: Pick<StoredPolicy, 'hash' | 'storedAt' | 'by'>,
  { active, candidate, left }: PolicyPointer,
): PolicyView {
  const standing =
    hash === active ? 'active' : hash === candidate ? 'candidate' : left.includes(hash) ? 'left' : 'stored';
  return { hash, standing, storedAt: isoTime(storedAt), by };
}
