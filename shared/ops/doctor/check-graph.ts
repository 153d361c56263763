import { GraphError } from '../../graph/graph-error';
import { ensureError } from '../../kernel/errors';
import type { Services } from '../../pipeline/services';
import { fail, ok, warn } from './finding';
import type { Finding } from './finding';

/**
 * The permissions a Graph token carries: application roles, or the scopes of a signed-in person; null: it does not
 * tell. Throws when no token is to be had.
 */
export type ReadClaims = () => Promise<readonly string[] | null>;

const grantIt =
  'Grant it as docs/permissions.md describes; it takes effect with the next token, within the hour.';

/**
 * Signs in, and tries a read for each permission that the app needs. Writes are not tried, since a doctor changes
 * nothing: for them the token says what it allows.
 */
export async function checkGraph(pipeline: Services, readClaims: ReadClaims): Promise<readonly Finding[]> {
  let claims;
  try {
    claims = await readClaims();
  } catch (thrown) {
    return [
      fail(
        'graph sign-in',
        ensureError(thrown).message.split('\n')[0] ?? '',
        'Sign in (az login), or give the app its identity as docs/deploy.md describes.',
      ),
    ];
  }
  const { directory, policy } = pipeline;
  const reads = await Promise.all([
    tryRead('LicenseAssignment.Read.All', 'reads the SKUs', async () => {
      await directory.listSkus();
    }),
    tryRead('User.Read.All', 'reads users', async () => {
      await directory.deltaFromNow(new Set(['userPrincipalName']));
    }),
    tryRead('GroupMember.Read.All', 'reads groups', async () => {
      const [group] =
        (await policy.current().catch(() => null))?.rules.flatMap((rule) => rule.memberOf) ?? [];
      // One page is enough. Without a group in the policy the name of none is asked for, which takes the same right.
      try {
        for await (const _page of directory.groupMembers(group ?? 'licenser doctor')) break;
      } catch (error) {
        if (error instanceof GraphError) throw error;
      }
    }),
  ]);
  return [ok('graph sign-in', 'a token for Microsoft Graph'), ...reads, ...checkWrites(pipeline, claims)];
}

async function tryRead(permission: string, what: string, work: () => Promise<void>): Promise<Finding> {
  const name = 'graph permission';
  try {
    await work();
    return ok(name, `${permission}: ${what}`);
  } catch (thrown) {
    const error = ensureError(thrown);
    if (error instanceof GraphError && error.class === 'permission') {
      return fail(name, `${permission} is missing: Graph refuses what ${what}`, grantIt);
    }
    return fail(
      name,
      `${permission} could not be tried: ${error.message}`,
      'Microsoft Graph must be reachable; try again, or look at the service health.',
    );
  }
}

function checkWrites({ settings }: Services, claims: readonly string[] | null): Finding[] {
  const needed: (readonly [string, readonly string[]])[] = [
    [
      'LicenseAssignment.ReadWrite.All',
      ['LicenseAssignment.ReadWrite.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
    ],
    ...(settings.permissions === 'full'
      ? [['User.ReadWrite.All', ['User.ReadWrite.All', 'Directory.ReadWrite.All']] as const]
      : []),
  ];
  const name = 'graph permission';
  return needed.map(([permission, oneOf]) => {
    if (claims === null) {
      return warn(
        name,
        `${permission}: the token does not tell`,
        'See it in Entra: Enterprise applications, Permissions.',
      );
    }
    if (oneOf.some((each) => claims.includes(each))) return ok(name, `${permission}: the token allows it`);
    const todo =
      permission === 'User.ReadWrite.All'
        ? `${grantIt} Or set LICENSER_PERMISSIONS=license-only and let another process fill in usage locations.`
        : grantIt;
    return fail(name, `${permission} is missing in the token`, todo);
  });
}
