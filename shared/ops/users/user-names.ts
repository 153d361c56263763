import type { UserId } from '../../kernel/ids';
import { rememberByKey } from '../../kernel/remembered';
import type { RememberedByKey } from '../../kernel/remembered';
import { timing } from '../../kernel/timing';
import { readIfUsable } from '../../pipeline/crashes/unusable-row';
import type { Services } from '../../pipeline/services';

/** Some megabytes at most. */
const mostNames = 20_000;

const known = new WeakMap<Services['users'], RememberedByKey<UserId, string | null>>();

/**
 * The userPrincipalName as the user's row has it, for a list that people look at: one process reads it again after
 * `timing.ops.namesKnown`. null: not known, or the row cannot be read.
 * @throws PermanentError, TransientError as the store does
 */
export function nameOfUser(
  { users, clock }: Pick<Services, 'users' | 'clock'>,
  userId: UserId,
): Promise<string | null> {
  return namesOf(users, clock).current(userId);
}

/** The same as far as this process has read it lately, without a request to the tables. null: it has not. */
export async function knownNameOfUser(
  { users, clock }: Pick<Services, 'users' | 'clock'>,
  userId: UserId,
): Promise<string | null> {
  const reading = namesOf(users, clock).kept(userId, { isFresh: true });
  // One that fails is told to who asked for it.
  return (await reading?.catch(() => null)) ?? null;
}

function namesOf(users: Services['users'], clock: Services['clock']): RememberedByKey<UserId, string | null> {
  const names =
    known.get(users) ??
    rememberByKey(async (id: UserId) => (await readIfUsable(users, id))?.state?.userPrincipalName ?? null, {
      clock,
      maxAgeMs: timing.ops.namesKnown.ms,
      mostKept: mostNames,
      isKept: (name) => name !== null,
    });
  known.set(users, names);
  return names;
}
