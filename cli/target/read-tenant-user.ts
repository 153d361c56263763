import { createRequire } from 'node:module';
import { isGuid } from '../../shared/kernel/ids';
import { UserError } from '../../shared/kernel/errors';
import type { RuleUser } from '../../shared/policy/condition';
import type { NamedUser } from '../read/read-users';
import type { Io } from '../io';
import type * as target from './target';
import type { TargetOptions } from './target';
import type { Needs } from '../../shared/words/needs';

const load = createRequire(__filename);

/** An object id or a userPrincipalName; anything else that --user names is a file. */
export function isUserName(wanted: string): boolean {
  return isGuid(wanted) || /^[^\s/\\]+@[^\s/\\]+\.[^\s/\\]+$/.test(wanted);
}

/**
 * One user of a tenant with exactly what a rule looks at, read as the product itself reads users.
 * @throws UserError `cli/unknown-user`
 */
export async function readTenantUser(
  wanted: string,
  needs: Needs,
  options: TargetOptions,
  io: Io,
): Promise<RuleUser> {
  // Loaded when it is asked for: users out of a file need none of the SDKs.
  const { withLookTarget } = load('./target') as typeof target;
  const found = await withLookTarget(options, io, ({ pipeline }) =>
    pipeline.directory.findUser(wanted, needs),
  );
  if (found === undefined) throw new UserError('cli/unknown-user', `The tenant has no user ${wanted}`);
  return found.user.properties;
}

/** Every user of a tenant with exactly what rules look at, read as the product itself lists users. */
export async function readTenantUsers(
  needs: Needs,
  options: TargetOptions,
  io: Io,
): Promise<readonly NamedUser[]> {
  const { withLookTarget } = load('./target') as typeof target;
  return withLookTarget(options, io, async ({ pipeline }) => {
    const users = new Map<string, NamedUser>();
    for await (const page of pipeline.directory.listUsers(needs)) {
      for (const { id, properties } of page) users.set(id, { id, user: properties });
    }
    return [...users.values()];
  });
}
