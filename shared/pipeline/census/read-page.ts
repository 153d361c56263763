import type { DirectoryUser, UserListRead } from '../../graph/directory';
import { decide } from '../../licensing/decide';
import type { PolicyHash } from '../../kernel/ids';
import { stateDigest } from '../../licensing/state-digest';
import type { Policy } from '../../policy/policy';
import { readGroupRoster } from '../look/group-roster';
import type { GroupRoster } from '../look/group-roster';
import type { Services } from '../services';
import { seeUser } from '../look/look-at-user';
import { readTenantView } from '../look/read-tenant-view';
import type { ListedUser } from './judge-row';
import type { UserRecord } from '../../store/ports/user-store';

/** Table reads that a census has under way at a time. */
export const readersAtOnce = 32;

/** What all users of a run have in common, read once: the policy and who is in the groups that it names. */
export type CensusTenant = {
  readonly read: UserListRead;
  /** The same decision as a look at this user makes, on what the listing says. */
  judge(record: UserRecord, user: DirectoryUser): Promise<ListedUser>;
};

/** What a census must know to judge a page of users: what to read of them, and which rule gives what to whom. */
export async function readCensusTenant(
  services: Pick<
    Services,
    'catalogue' | 'clock' | 'directory' | 'learntConflicts' | 'policy' | 'settings' | 'waitingSkus'
  >,
): Promise<CensusTenant> {
  const rosters = new Map<PolicyHash, Promise<GroupRoster>>();
  const read = async (policy: Policy) =>
    readGroupRoster(services.directory, policy, await services.catalogue.groups(policy));
  const rosterOf = (policy: Policy) => {
    const known = rosters.get(policy.hash) ?? read(policy);
    rosters.set(policy.hash, known);
    return known;
  };
  return {
    read: await services.policy.needs(),
    async judge(record, user) {
      const [{ policy, knownPlans }, { book: _, ...tenant }] = await Promise.all([
        services.policy.forUser(record),
        readTenantView(services),
      ]);
      const roster = policy.needs.transitiveGroups ? await rosterOf(policy) : undefined;
      const groups = roster?.named ?? (await services.catalogue.groups(policy));
      const setting = { ...tenant, policy, knownPlans, groups, now: services.clock.now() };
      const { input } = seeUser(setting, record, user, roster?.groupsOf(user.id));
      return { input, decision: decide(input), digest: stateDigest(input) };
    },
  };
}
