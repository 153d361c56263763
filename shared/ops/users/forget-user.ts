import { UserError } from '../../kernel/errors';
import { isGuid, toUserId } from '../../kernel/ids';
import type { UserId } from '../../kernel/ids';
import type { Services } from '../../pipeline/services';
import { foldText } from '../../policy/fold-case';
import type { ForgottenUser } from '../../store/ports/personal-rows';
import { isGone, namesOf } from '../../words/user-state';
import type { UserState } from '../../words/user-state';
import { recordAction } from '../audit/operator';
import type { Operator } from '../audit/operator';
import { identityOnly, unknownUser } from './find-user';

/** What was deleted of a user. */
export type ForgottenView = {
  /** null: nothing is stored of such a user, because another attempt has deleted it already, or it never was. */
  readonly userId: string | null;
  /** Deleted rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Entries of the audit in which the user's name was replaced. */
  readonly texts: number;
};

type ForgetServices = Pick<Services, 'audit' | 'clock' | 'directory' | 'personal' | 'users'>;

/**
 * Deletes everything that is stored of a user who has left the directory, after `checkLeaver` has found nothing against it.
 * Bears being begun anew: what is gone by then was deleted by the attempt before.
 * @throws UserError `ops/user-there`, `ops/user-not-gone`
 */
export async function forgetUser(
  services: ForgetServices,
  idOrUpn: string,
  operator: Operator,
): Promise<ForgottenView> {
  const user = await findLeaver(services, idOrUpn).catch((error: unknown) => {
    if (error instanceof UserError && error.code === 'ops/unknown-user') return undefined;
    throw error;
  });
  const { rows, texts } = user === undefined ? nothing : await services.personal.forget([user]);
  // The name that the request came with must not stay in the audit.
  await recordAction(services, operator, 'user/forget', user?.id ?? 'a user', { rows, texts });
  return { userId: user?.id ?? null, rows, texts };
}

const nothing = { rows: {}, texts: 0 } as const;

/**
 * What can be said within a request of whether this user may be forgotten: one who is in the directory may not. By a name,
 * the operation finds the row, since it reads all of them for that.
 * @throws UserError as `findLeaver`
 */
export async function checkLeaver(
  services: Pick<Services, 'directory' | 'users'>,
  idOrUpn: string,
): Promise<void> {
  if (isGuid(idOrUpn)) await findLeaver(services, idOrUpn);
  else await refuseWhoIsThere(services, idOrUpn);
}

/**
 * A user of whom everything may be deleted: of one who is in the directory, the next look would write it anew, and what we
 * granted would count as given by hand.
 * @throws UserError `ops/unknown-user`, `ops/user-there`, `ops/user-not-gone`
 */
export async function findLeaver(
  services: Pick<Services, 'directory' | 'users'>,
  idOrUpn: string,
): Promise<ForgottenUser> {
  const { users } = services;
  await refuseWhoIsThere(services, idOrUpn);
  const found = isGuid(idOrUpn)
    ? { id: toUserId(idOrUpn), state: (await users.read(toUserId(idOrUpn))).state }
    : await findByName(users, idOrUpn);
  if (found === undefined || found.state === null) throw unknownUser(idOrUpn);
  const { id, state } = found;
  if (!isGone(state)) {
    throw new UserError('ops/user-not-gone', `It is not sure yet that ${idOrUpn} has left the directory`, {
      hint: 'A user counts as gone ten minutes after Graph first said so. Have the user looked at (licenser apply --user), and try again then.',
    });
  }
  return { id, names: namesOf(state), missingSince: state.missingSince ?? undefined };
}

async function refuseWhoIsThere({ directory }: Pick<Services, 'directory'>, idOrUpn: string): Promise<void> {
  if ((await directory.findUser(idOrUpn, identityOnly)) === undefined) return;
  throw new UserError('ops/user-there', `The directory has the user ${idOrUpn}`, {
    hint: 'Only who has left is forgotten. Delete the user in the directory first: ten minutes later the product knows it.',
  });
}

type FoundRow = { readonly id: UserId; readonly state: UserState | null };

/**
 * Graph finds no user by a name of the past; the rows still have it. Of several who bore it, one who has left. Reads the whole
 * table.
 */
async function findByName(users: Services['users'], name: string): Promise<FoundRow | undefined> {
  const wanted = foldText(name);
  let there: FoundRow | undefined;
  for await (const { userId, state } of users.list()) {
    const { userPrincipalName } = state;
    if (userPrincipalName === null || foldText(userPrincipalName) !== wanted) continue;
    if (isGone(state)) return { id: userId, state };
    there ??= { id: userId, state };
  }
  return there;
}
