import type { DirectoryUser, UserListRead } from '../../graph/directory';
import type { DecideInput } from '../../licensing/decision';
import { readGroupRoster } from '../group-roster';
import type { GroupRoster } from '../group-roster';
import type { Pipeline } from '../dependencies';
import { judgeSnapshot } from '../look-at-user';
import type { SeenUser } from '../look-at-user';
import type { UserRecord } from '../../store/ports';

const readersAtOnce = 32;

/** What all users of a run have in common, read once: the policy and who is in the groups that it names. */
export type CensusTenant = {
  readonly read: UserListRead;
  judge(record: UserRecord, user: DirectoryUser): Promise<SeenUser>;
};

export async function readCensusTenant(pipeline: Pipeline): Promise<CensusTenant> {
  const policy = await pipeline.policy.current();
  const roster: GroupRoster = await readGroupRoster(pipeline.directory, policy);
  return {
    read: policy.needs,
    async judge(record, user) {
      const tenant: Pick<DecideInput, 'policy' | 'catalogue' | 'seats'> = {
        policy,
        ...(await pipeline.catalogue.read()),
      };
      const transitiveGroups = policy.needs.transitiveGroups ? roster.groupsOf(user.id) : undefined;
      return judgeSnapshot(pipeline, record, { user, transitiveGroups }, tenant);
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
