import type { DirectoryUser } from '../../graph/directory';
import type { PolicyHash } from '../../kernel/ids';
import type { DecideInput } from '../../licensing/decision';
import type { Policy } from '../../policy/policy';
import type { UserRecord } from '../../store/ports/user-store';
import type { GroupReference } from '../../words/needs';
import type { Services } from '../services';
import type { PolicyInForce } from '../sources/policy-library';
import { readGroupRoster } from './group-roster';
import { seeUser } from './look-at-user';
import type { LookSetting } from './look-setting';

/** What many users have in common: read once, or each time as it is then. */
type CommonSetting = Omit<LookSetting, 'policy' | 'knownPlans' | 'groups'>;

export type ListedTenantOptions = {
  /** The policy that a user is decided by. */
  readonly policyOf: (record: UserRecord) => PolicyInForce | Promise<PolicyInForce>;
  readonly setting: () => CommonSetting | Promise<CommonSetting>;
  readonly signal?: AbortSignal | undefined;
};

/** Users as a listing shows them. */
export type ListedTenant = {
  /**
   * What deciding is given of this user. `alone`: the user was read alone, with these groups; default: groups are those of
   * the roster, which is read once for each policy.
   */
  see(
    record: UserRecord,
    user: DirectoryUser,
    alone?: { readonly groups: readonly GroupReference[] | undefined },
  ): Promise<DecideInput>;
};

/**
 * The one way in which many users are seen, for a census as for a plan: by the policy that is theirs, with the members of
 * only the groups that it names. What names of groups stand for is asked once for each policy.
 * @throws GraphError, UserError `policy/…`
 */
export function makeListedTenant(
  { directory, catalogue }: Pick<Services, 'catalogue' | 'directory'>,
  { policyOf, setting, signal }: ListedTenantOptions,
): ListedTenant {
  const namesOf = byPolicy((policy) => catalogue.groups(policy, signal));
  const rosterOf = byPolicy(async (policy) =>
    readGroupRoster(directory, policy, await namesOf(policy), signal),
  );
  return {
    async see(record, user, alone) {
      const { policy, knownPlans } = await policyOf(record);
      const areAsked = policy.needs.transitiveGroups;
      const roster = areAsked && alone === undefined ? await rosterOf(policy) : undefined;
      // A group that went while the roster was read is not an empty one.
      const groups = roster?.named ?? (await namesOf(policy));
      const ofUser = areAsked ? (alone ?? { groups: roster?.groupsOf(user.id) }).groups : undefined;
      return seeUser({ ...(await setting()), policy, knownPlans, groups }, record, user, ofUser).input;
    },
  };
}

function byPolicy<Answer>(read: (policy: Policy) => Promise<Answer>): (policy: Policy) => Promise<Answer> {
  const known = new Map<PolicyHash, Promise<Answer>>();
  return (policy) => {
    const reading = known.get(policy.hash) ?? read(policy);
    known.set(policy.hash, reading);
    return reading;
  };
}
