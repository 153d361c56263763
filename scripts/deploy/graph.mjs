// Microsoft Graph by `az rest`: the administrator's own sign-in, no further program.
import { AzureRefused, az, tryAz } from './az.mjs';

const origin = 'https://graph.microsoft.com/v1.0';
/** Microsoft Graph has this application id in every tenant. */
const graphAppId = '00000003-0000-0000-c000-000000000000';

/** At the default pause of 30 s five minutes: as long as a new object usually takes to be known in every part of Entra. */
const tries = 10;

/** What Graph says of an object, or of a reference to one, that was made less than some minutes ago. */
const isNotReplicated = (text) =>
  /Request_ResourceNotFound|NoBackingApplicationObject|does not exist or one of its queried reference-property objects|does not reference a valid application object|Not a valid reference update/i.test(
    text,
  );

/**
 * How a call waits for what was made before it and is not known everywhere yet.
 * @typedef {{ pauseMs: number, say: (text: string) => void, sleep: (ms: number) => Promise<unknown> }} Patience
 */

/**
 * @param {'GET' | 'POST' | 'PATCH' | 'DELETE'} method
 * @param {string} path as `/applications?…`
 * @param {unknown} body undefined: none
 * @param {Patience} patience
 * @returns {Promise<unknown>} the answer; null when it is empty
 * @throws {AzureRefused} Graph refuses it, or does not know an object that it names after five minutes at the default pause
 */
export async function callGraph(method, path, body, { pauseMs, say, sleep }) {
  const args = [
    'rest',
    ...['--method', method],
    ...['--url', `${origin}${path}`],
    ...(body === undefined
      ? []
      : ['--headers', 'Content-Type=application/json', '--body', JSON.stringify(body)]),
    ...['--output', 'json'],
  ];
  for (let attempt = 1; ; attempt++) {
    const { ok, stdout, stderr } = tryAz(args);
    if (ok) return stdout === '' ? null : JSON.parse(stdout);
    if (!isNotReplicated(stderr) || attempt === tries)
      throw new AzureRefused(`az rest: ${stderr || 'failed without a message'}`);
    say(
      `  Graph does not know what was just made yet; trying again in ${pauseMs / 1_000} s (${attempt} of ${tries})`,
    );
    await sleep(pauseMs);
  }
}

/**
 * All entries of a list; Graph gives a hundred or so at a time.
 * @param {string} path as for `callGraph`
 * @returns {Promise<readonly Record<string, unknown>[]>}
 * @throws {AzureRefused} as `callGraph`
 */
export async function listGraph(path, patience) {
  const found = [];
  for (let next = path; next !== undefined;) {
    const { value = [], '@odata.nextLink': link } = await callGraph('GET', next, undefined, patience);
    found.push(...value);
    if (link !== undefined && !link.startsWith(origin))
      throw new AzureRefused(`az rest: a page elsewhere: ${link}`);
    next = link?.slice(origin.length);
  }
  return found;
}

/** Same as docs/permissions.md; `needed` says with which LICENSER_PERMISSIONS, or that a rule must say `user.memberOf`. */
export const graphPermissions = [
  { id: '5facf0c1-8979-4e95-abcf-ff3d079771c0', name: 'LicenseAssignment.ReadWrite.All', needed: 'always' },
  { id: 'e2f98668-2877-4f38-a2f4-8202e0717aa1', name: 'LicenseAssignment.Read.All', needed: 'always' },
  { id: 'df021288-bdef-4463-88db-98f22de89214', name: 'User.Read.All', needed: 'always' },
  { id: '98830695-27a2-44f7-8c18-0c3ebc9698f6', name: 'GroupMember.Read.All', needed: 'always' },
  { id: '8222c640-cae5-4860-8d11-b32cfad95e03', name: 'GroupMember.ReadBasic.All', needed: 'directGroups' },
  { id: '741f803b-c850-494e-b5df-cde7c675a1ca', name: 'User.ReadWrite.All', needed: 'full' },
];

/**
 * Grants the app's identity what it lacks. What it has already stays.
 *
 * @param {{ principalId: string, permissions: 'full' | 'license-only', readsDirectGroups: boolean } & Patience} options
 *   readsDirectGroups: the policy of the package says `user.memberOf`
 * @returns {Promise<string[]>} names that are missing: the administrator may not grant them
 * @throws {AzureRefused} the identity's permissions cannot be read
 */
export async function grantGraphPermissions({ principalId, permissions, readsDirectGroups, ...patience }) {
  const reasons = ['always', permissions, ...(readsDirectGroups ? ['directGroups'] : [])];
  const wanted = graphPermissions.filter(({ needed }) => reasons.includes(needed));
  const assignments = `/servicePrincipals/${principalId}/appRoleAssignments`;
  const present = async () => {
    const found = await listGraph(assignments, patience);
    return new Set(found.map(({ appRoleId }) => appRoleId));
  };
  const before = await present();
  const lacking = wanted.filter(({ id }) => !before.has(id));
  if (lacking.length === 0) return [];
  const resourceId = az(['ad', 'sp', 'show', '--id', graphAppId, '--query', 'id', '--output', 'tsv']);
  const granted = new Set();
  for (const { id, name } of lacking) {
    const refusal = await grantOne(assignments, { principalId, resourceId, appRoleId: id }, patience);
    if (refusal === null) granted.add(id);
    patience.say(refusal === null ? `  granted ${name}` : `  not granted ${name}: ${refusal}`);
  }
  // What was granted seconds ago need not be in the list yet.
  const after = await present();
  return wanted.filter(({ id }) => !after.has(id) && !granted.has(id)).map(({ name }) => name);
}

/** @returns why it was refused, one line; null: it is granted, now or before */
async function grantOne(path, assignment, patience) {
  try {
    await callGraph('POST', path, assignment, patience);
    return null;
  } catch (error) {
    if (!(error instanceof AzureRefused)) throw error;
    if (/Permission being assigned already exists/i.test(error.message)) return null;
    return error.message.replace(/^az rest: /, '').split('\n')[0];
  }
}
