import type { DirectoryUser, UserListRead } from '../../graph/directory';
import { AlikeDecider } from '../../licensing/decide-alike';
import { makeListedTenant } from '../look/listed-tenant';
import type { Services } from '../services';
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
  const { clock, policy } = services;
  const decider = new AlikeDecider();
  const tenant = makeListedTenant(services, {
    policyOf: (record) => policy.forUser(record),
    async setting() {
      const { book: _, ...view } = await readTenantView(services);
      return { ...view, now: clock.now() };
    },
  });
  return {
    read: await policy.needs(),
    async judge(record, user) {
      const input = await tenant.see(record, user);
      return { input, ...decider.decideWithState(input) };
    },
  };
}
