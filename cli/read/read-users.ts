import { z } from 'zod';
import { UserError } from '../../shared/kernel/errors';
import type { RuleUser } from '../../shared/policy/condition';
import { readJsonFile } from '../io';
import type { Io } from '../io';

export type NamedUser = { readonly id: string; readonly user: RuleUser };

const User = z.record(z.string(), z.unknown());
const Users = z.union([z.array(User), z.object({ value: z.array(User) }).transform(({ value }) => value)]);

/**
 * A file of users as Graph v1.0 returns them: a JSON array, or an answer with `value`; memberOf and manager beside
 * their properties.
 * @throws UserError
 */
export async function readUsers(io: Io, path: string): Promise<NamedUser[]> {
  const parsed = Users.safeParse(await readJsonFile(io, path));
  if (!parsed.success) {
    throw new UserError('cli/users-file', `${path} is no list of users`, {
      hint: 'A JSON array of users as Graph returns them, or Graph\'s own answer with "value".',
    });
  }
  return parsed.data.map((given, index) => {
    const user = asGraphWrites(given);
    return { id: idOf(user, index, path), user };
  });
}

/** Graph PowerShell's `ConvertTo-Json` writes `UserPrincipalName` for what Graph calls `userPrincipalName`. */
function asGraphWrites(user: RuleUser): RuleUser {
  if (!('Id' in user || 'UserPrincipalName' in user)) return user;
  return Object.fromEntries(
    Object.entries(user).map(([key, value]) => [key.charAt(0).toLowerCase() + key.slice(1), value]),
  );
}

function idOf(user: RuleUser, index: number, path: string): string {
  const id = user['id'] ?? user['userPrincipalName'];
  if (typeof id === 'string' && id !== '') return id;
  throw new UserError('cli/users-file', `User ${String(index + 1)} of ${path} has no id`);
}

/**
 * One user: a file with a single user, or an id or userPrincipalName out of a file of users.
 * @throws UserError
 */
export async function readOneUser(io: Io, wanted: string, usersPath: string | undefined): Promise<RuleUser> {
  if (usersPath !== undefined) {
    const users = await readUsers(io, usersPath);
    const found = users.find(({ id, user }) =>
      [id, user['userPrincipalName']].some((name) => sameName(name, wanted)),
    );
    if (found !== undefined) return found.user;
    throw new UserError('cli/unknown-user', `${usersPath} has no user ${wanted}`);
  }
  const content = await readJsonFile(io, wanted).catch((thrown: unknown) => {
    if (!(thrown instanceof UserError) || thrown.code !== 'cli/unreadable') throw thrown;
    throw new UserError('cli/unreadable', thrown.message, {
      cause: thrown,
      hint: 'To name a user by id or userPrincipalName, give the file they are in (--users FILE), or the tenant (--target).',
    });
  });
  const single = User.safeParse(content);
  if (single.success && !Array.isArray(single.data['value'])) return asGraphWrites(single.data);
  const [first, ...rest] = await readUsers(io, wanted);
  if (first !== undefined && rest.length === 0) return first.user;
  throw new UserError(
    'cli/users-file',
    `${wanted} holds ${String(rest.length + (first === undefined ? 0 : 1))} users`,
    {
      hint: 'Name one of them: --users FILE --user ID.',
    },
  );
}

function sameName(name: unknown, wanted: string): boolean {
  return typeof name === 'string' && name.toLowerCase() === wanted.toLowerCase();
}
