import type { UserId } from '../../kernel/ids';
import { noNeeds } from '../../words/needs';
import type { Services } from '../services';
import type { Followed } from './census-state';

/** At most so many in one census; those beyond are found by the next one. */
const mostAtOnce = 2_000;

/**
 * Users with a row whom the directory does not list, and whose row does not say so yet. Only a look tells whether
 * they are gone: 404 means gone after ten minutes.
 */
export async function findGone(
  services: Pick<Services, 'directory' | 'users'>,
): Promise<readonly Followed[]> {
  const there = new Set<UserId>();
  const note = (id: UserId) => void there.add(id);
  for await (const page of services.directory.listUsers(noNeeds, undefined, note))
    page.forEach(({ id }) => note(id));
  const gone: Followed[] = [];
  for await (const { userId, state } of services.users.list()) {
    if (there.has(userId) || state.missingSince !== null) continue;
    gone.push({ id: userId, version: state.version });
    if (gone.length >= mostAtOnce) break;
  }
  return gone;
}
