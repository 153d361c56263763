// Microsoft Graph by `az rest`: the administrator's own sign-in, no further program.
import { az, azJson, tryAz } from './az.mjs';

const origin = 'https://graph.microsoft.com/v1.0';
/** Microsoft Graph has this application id in every tenant. */
const graphAppId = '00000003-0000-0000-c000-000000000000';

/** @returns {unknown} the answer of a GET; path as `/applications?…` */
export const getGraph = (path) => azJson(['rest', '--method', 'GET', '--url', `${origin}${path}`]);

/** @returns {unknown} the answer */
export function sendGraph(method, path, body) {
  return azJson([
    'rest',
    ...['--method', method],
    ...['--url', `${origin}${path}`],
    ...['--headers', 'Content-Type=application/json'],
    ...['--body', JSON.stringify(body)],
  ]);
}

/** Same as docs/permissions.md; `needed` says with which LICENSER_PERMISSIONS. */
export const graphPermissions = [
  { id: '5facf0c1-8979-4e95-abcf-ff3d079771c0', name: 'LicenseAssignment.ReadWrite.All', needed: 'always' },
  { id: 'e2f98668-2877-4f38-a2f4-8202e0717aa1', name: 'LicenseAssignment.Read.All', needed: 'always' },
  { id: 'df021288-bdef-4463-88db-98f22de89214', name: 'User.Read.All', needed: 'always' },
  { id: '98830695-27a2-44f7-8c18-0c3ebc9698f6', name: 'GroupMember.Read.All', needed: 'always' },
  { id: '741f803b-c850-494e-b5df-cde7c675a1ca', name: 'User.ReadWrite.All', needed: 'full' },
];

/**
 * Grants the app's identity what it lacks, and looks whether it has everything afterwards. What it has already stays.
 *
 * @param {{ principalId: string, permissions: 'full' | 'license-only', say: (text: string) => void }} options
 * @returns {string[]} names that are still missing: the administrator may not grant them
 */
export function grantGraphPermissions({ principalId, permissions, say }) {
  const wanted = graphPermissions.filter(({ needed }) => needed === 'always' || needed === permissions);
  const assignments = `/servicePrincipals/${principalId}/appRoleAssignments`;
  const granted = () => new Set((getGraph(assignments).value ?? []).map(({ appRoleId }) => appRoleId));
  const before = granted();
  const missing = wanted.filter(({ id }) => !before.has(id));
  if (missing.length > 0) {
    const resourceId = az(['ad', 'sp', 'show', '--id', graphAppId, '--query', 'id', '--output', 'tsv']);
    for (const { id, name } of missing) {
      const body = JSON.stringify({ principalId, resourceId, appRoleId: id });
      const { ok, stderr } = tryAz([
        'rest',
        ...['--method', 'POST'],
        ...['--url', `${origin}${assignments}`],
        ...['--headers', 'Content-Type=application/json'],
        ...['--body', body],
      ]);
      say(ok ? `  granted ${name}` : `  not granted ${name}: ${stderr.split('\n')[0]}`);
    }
  }
  const after = missing.length > 0 ? granted() : before;
  return wanted.filter(({ id }) => !after.has(id)).map(({ name }) => name);
}
