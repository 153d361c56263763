import type { UserSnapshot } from '../../graph/directory';
import { UserError } from '../../kernel/errors';
import { isGuid, toUserId } from '../../kernel/ids';
import type { UserId } from '../../kernel/ids';
import type { Services } from '../../pipeline/services';
import { noNeeds } from '../../words/needs';
import type { Needs } from '../../words/needs';
import type { UserRecord } from '../../store/ports/user-store';

const properties = [
  'userPrincipalName',
  'displayName',
  'department',
  'country',
  'accountEnabled',
  'userType',
  'onPremisesSyncEnabled',
];
export const identityOnly: Needs = { ...noNeeds, properties: new Set(['userPrincipalName']) };
const forPeople: Needs = { ...noNeeds, properties: new Set(properties), transitiveGroups: true };

export type FoundUser = {
  readonly id: UserId;
  /** undefined: Graph does not know the user; the record says what was stored. */
  readonly snapshot: UserSnapshot | undefined;
  readonly record: UserRecord;
};

/**
 * A user by id or userPrincipalName, as Graph and as the tables have it. One that Graph does not know (any more)
 * is still found by id when the tables do.
 * @throws UserError `ops/unknown-user`
 */
export async function findUserOrExplain(
  { directory, users }: Pick<Services, 'directory' | 'users'>,
  idOrUpn: string,
): Promise<FoundUser> {
  const snapshot = await directory.findUser(idOrUpn, forPeople);
  const id = snapshot?.user.id ?? (isGuid(idOrUpn) ? toUserId(idOrUpn) : undefined);
  if (id === undefined) throw unknownUser(idOrUpn);
  const record = await users.read(id);
  if (snapshot === undefined && record.state === null) throw unknownUser(idOrUpn);
  return { id, snapshot, record };
}

/** UserError `ops/unknown-user`: to be thrown where a user cannot be found. */
export function unknownUser(idOrUpn: string): UserError {
  return new UserError('ops/unknown-user', `The tenant has no user ${idOrUpn}`, {
    hint: 'Name the user by id or by the full userPrincipalName, such as ann@contoso.com. A new user can take a minute to be found.',
  });
}
