import { createRequire } from 'node:module';
import { isGuid } from '../../shared/kernel/ids';
import { UserError } from '../../shared/kernel/errors';
import type { RuleUser } from '../../shared/policy/condition';
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
): Promise<RuleUser> {
  // Loaded when it is asked for: users out of a file need none of the SDKs.
  const { withTarget } = load('./target') as typeof target;
  const found = await withTarget(options, ({ pipeline }) => pipeline.directory.findUser(wanted, needs));
  if (found === undefined) throw new UserError('cli/unknown-user', `The tenant has no user ${wanted}`);
  return found.user.properties;
}
