import { ensureError } from '../../kernel/errors';
import type { Services } from '../../pipeline/services';
import { callsOf, describeUnseen, tryCalls } from '../rights/try-calls';
import type { CallTrial, TriedCalls } from '../rights/try-calls';
import { fail, ok, warn } from './finding';
import type { Finding } from './finding';

/**
 * The permissions a Graph token carries: application roles, or the scopes of a signed-in person; null: it does not
 * tell. Throws when no token is to be had.
 */
export type ReadClaims = () => Promise<readonly string[] | null>;

const name = 'graph permission';
const grantIt =
  'Grant it as docs/permissions.md describes; it takes effect with the next token, within the hour ' +
  '(a managed identity’s: within 24 hours).';

/**
 * Signs in, and makes each read that the policy in force needs, with its own `$select`. Writes are not tried, since a
 * doctor changes nothing: for them the token says what it allows. Never throws.
 */
export async function checkGraph(
  pipeline: Pick<Services, 'directory' | 'policy' | 'settings'>,
  readClaims: ReadClaims,
): Promise<readonly Finding[]> {
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
  const policy = await pipeline.policy.current().catch(() => null);
  const tried = await tryCalls(pipeline.directory, callsOf(policy));
  return [
    ok('graph sign-in', 'a token for Microsoft Graph'),
    ...describeTrials(tried.trials),
    ...describeOddities(tried),
    ...checkWrites(pipeline, claims),
  ];
}

/** One line for each permission: what it is missing for, or what it was tried with. `todo`: how a missing one is had. */
export function describeTrials(trials: readonly CallTrial[], todo: string = grantIt): Finding[] {
  const missing = new Map<string, string[]>();
  for (const { missing: permission, what } of trials) {
    if (permission !== null) missing.set(permission, [...(missing.get(permission) ?? []), what]);
  }
  const failed = [...missing].map(([permission, whats]) =>
    fail(name, `${permission} is missing: Graph refuses what ${whats.join(' and ')}`, todo),
  );
  const untried = trials
    .filter(({ error, missing: permission }) => error !== null && permission === null)
    .map(({ permission, error }) =>
      fail(
        name,
        `${permission} could not be tried: ${error?.message ?? ''}`,
        'Microsoft Graph must be reachable; try again, or look at the service health.',
      ),
    );
  const works = trials
    .filter(({ error, permission }) => error === null && !missing.has(permission))
    .map(({ permission, what }) => ok(name, `${permission}: ${what}`));
  return [...failed, ...untried, ...works];
}

/** What was read and is odd: names that Graph spells otherwise, properties without changes, SKUs without a usable row. */
export function describeOddities({ untracked, unseen, skipped }: TriedCalls): Finding[] {
  return [
    ...[...unseen].map((one) =>
      warn('policy', describeUnseen(one), 'Compare the name with the one in Entra, letter by letter.'),
    ),
    ...[...untracked].map(([property, words]) =>
      warn(
        'policy',
        `Graph does not report changes of ${property}, which the policy uses: ${words}`,
        'Such a change is found by the nightly census only. Use another property where that is too late.',
      ),
    ),
    ...skipped.map(({ name: sku, why }) =>
      warn(
        'SKUs',
        `${sku} is left out: ${why}`,
        'No user gets it until Graph gives a usable row; report it to Microsoft.',
      ),
    ),
  ];
}

function checkWrites({ settings }: Pick<Services, 'settings'>, claims: readonly string[] | null): Finding[] {
  const needed: (readonly [string, readonly string[]])[] = [
    [
      'LicenseAssignment.ReadWrite.All',
      ['LicenseAssignment.ReadWrite.All', 'User.ReadWrite.All', 'Directory.ReadWrite.All'],
    ],
    ...(settings.permissions === 'full'
      ? [['User.ReadWrite.All', ['User.ReadWrite.All', 'Directory.ReadWrite.All']] as const]
      : []),
  ];
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
