import type { DirectoryUser, UserListRead } from '../../graph/directory';
import { decide } from '../../licensing/decide';
import { microsoftPlanKnowledge } from '../../licensing/plan-conflicts';
import { stateDigest } from '../../licensing/state-digest';
import type { UserRecord } from '../../store/ports';
import { readGroupRoster } from '../group-roster';
import type { Pipeline } from '../dependencies';
import { seeUser } from '../look-at-user';
import type { ListedUser } from './judge-row';

const readersAtOnce = 32;

/** What all users of a run have in common, read once: the policy and who is in the groups that it names. */
export type CensusTenant = {
  readonly read: UserListRead;
  /** The same decision as a look at this user makes, on what the listing says. */
  judge(record: UserRecord, user: DirectoryUser): Promise<ListedUser>;
};

export async function readCensusTenant(pipeline: Pipeline): Promise<CensusTenant> {
  const policy = await pipeline.policy.current();
  const roster = await readGroupRoster(pipeline.directory, policy);
  return {
    read: policy.needs,
    async judge(record, user) {
      const { catalogue, seats } = await pipeline.catalogue.read();
      const setting = {
        policy,
        catalogue,
        seats,
        knowledge: microsoftPlanKnowledge,
        knownPlans: new Map(),
        permissions: pipeline.settings.permissions,
        now: pipeline.clock.now(),
      };
      const groups = policy.needs.transitiveGroups ? roster.groupsOf(user.id) : undefined;
      const { input } = seeUser(setting, record, user, groups);
      return { input, decision: decide(input), digest: stateDigest(input) };
    },
  };
}

/** One result an item, in order; so many at once. */
export async function mapSome<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index] as Item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(readersAtOnce, items.length) }, worker));
  return results;
}
