import { toUserId, isGuid } from '../../kernel/ids';
import { collect, readConcurrently } from '../../kernel/concurrently';
import { readIfUsable } from '../../pipeline/crashes/unusable-row';
import type { UserMatch } from '../../graph/search-users';
import type { Services } from '../../pipeline/services';
import { findUserOrExplain } from './find-user';

export type FoundUserView = UserMatch & {
  /** null: none yet, or the app does not know the user. */
  readonly outcome: string | null;
};

/**
 * Users of the tenant by the beginning of a name, a family name or an address; by id exactly.
 * @param limit at most so many, 20 or fewer
 */
export async function searchUsers(
  services: Pick<Services, 'directory' | 'users'>,
  text: string,
  limit: number,
): Promise<{ readonly items: readonly FoundUserView[]; readonly isMore: boolean }> {
  if (isGuid(text)) return { items: await byId(services, text), isMore: false };
  const found = await services.directory.searchUsers(text, limit + 1);
  const items = await collect(
    readConcurrently(found.slice(0, limit), async (user) => {
      const record = await readIfUsable(services.users, user.id);
      return { ...user, outcome: record?.state?.outcome ?? null };
    }),
  );
  return { items, isMore: found.length > limit };
}

async function byId(
  services: Pick<Services, 'directory' | 'users'>,
  id: string,
): Promise<readonly FoundUserView[]> {
  const { snapshot, record } = await findUserOrExplain(services, id);
  const text = (name: string) => {
    const value = snapshot?.user.properties[name];
    return typeof value === 'string' ? value : null;
  };
  return [
    {
      id: toUserId(id),
      userPrincipalName: text('userPrincipalName') ?? record.state?.userPrincipalName ?? null,
      displayName: text('displayName') ?? record.state?.displayName ?? null,
      department: text('department'),
      outcome: record.state?.outcome ?? null,
    },
  ];
}
