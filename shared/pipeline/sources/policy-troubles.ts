import { UserError } from '../../kernel/errors';
import { describeUnsure, unsureAmong } from '../../licensing/entitlement/match-groups';
import { resolvePolicy } from '../../licensing/entitlement/resolved-policy';
import { namedGroups } from '../../policy/group-references';
import type { Policy } from '../../policy/policy';
import type { ReasonCode } from '../../words/reason';
import type { Services } from '../services';

/** A name in a policy in force that stands for nothing sure: what it decides is undecided for its users. */
export type PolicyTrouble = {
  readonly code: ReasonCode;
  /** One sentence; it names the rule, or the name. */
  readonly text: string;
};

/**
 * What of the names of the policies that decide for users now stands for nothing sure in the tenant. A policy that cannot
 * be read is a trouble that others tell.
 * @throws GraphError, TransientError
 */
export async function findPolicyTroubles(
  services: Pick<Services, 'policy' | 'catalogue'>,
): Promise<readonly PolicyTrouble[]> {
  const { catalogue } = await services.catalogue.read();
  const troubles = new Map<string, PolicyTrouble>();
  for (const policy of await policiesInForce(services.policy)) {
    const groups = await services.catalogue.groups(policy);
    for (const { code, text } of resolvePolicy(policy, catalogue).problems)
      troubles.set(text, { code, text });
    const references = new Set(namedGroups(policy).map(({ reference }) => reference));
    for (const unsure of unsureAmong([...references], groups)) {
      const code = unsure.kind === 'ambiguous' ? 'policy/ambiguous-group' : 'policy/unknown-group';
      const said = describeUnsure(unsure);
      const text = `${said.charAt(0).toUpperCase()}${said.slice(1)}: rules that name it decide nothing for their users.`;
      troubles.set(text, { code, text });
    }
  }
  return [...troubles.values()];
}

/** The active policy, a candidate, and those that cancelled activations left users on. */
async function policiesInForce(source: Services['policy']): Promise<readonly Policy[]> {
  const { active, candidate, left } = await source.pointer();
  const hashes = new Set([active, candidate, ...left].filter((hash) => hash !== null));
  if (hashes.size === 0) return [await source.current()];
  const policies: Policy[] = [];
  for (const hash of hashes) {
    try {
      policies.push((await source.byHash(hash)).policy);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
  return policies;
}
