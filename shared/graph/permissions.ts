/**
 * Every call that the product makes, with the application permission that docs/permissions.md grants for it. One place:
 * refusals name the permission from it, doctor tries it, and a test compares it with Microsoft's permission data.
 * https://learn.microsoft.com/graph/permissions-reference
 */
export type GraphPermission =
  | 'LicenseAssignment.ReadWrite.All'
  | 'LicenseAssignment.Read.All'
  | 'User.Read.All'
  | 'User.ReadWrite.All'
  | 'GroupMember.Read.All'
  | 'GroupMember.ReadBasic.All';

export type GraphCall = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** After the version; `{id}` stands for one segment. */
  readonly path: string;
  readonly permission: GraphPermission;
};

export const graphCalls: readonly GraphCall[] = [
  { method: 'GET', path: '/subscribedSkus', permission: 'LicenseAssignment.Read.All' },
  { method: 'GET', path: '/users/{id}/licenseDetails', permission: 'LicenseAssignment.Read.All' },
  { method: 'GET', path: '/users', permission: 'User.Read.All' },
  { method: 'GET', path: '/users/delta', permission: 'User.Read.All' },
  { method: 'GET', path: '/users/{id}', permission: 'User.Read.All' },
  { method: 'GET', path: '/organization', permission: 'User.Read.All' },
  { method: 'GET', path: '/users/{id}/memberOf', permission: 'GroupMember.ReadBasic.All' },
  // User.Read.All opens the call; the names in its answer take this one.
  {
    method: 'GET',
    path: '/users/{id}/transitiveMemberOf',
    permission: 'GroupMember.Read.All',
  },
  { method: 'GET', path: '/groups', permission: 'GroupMember.Read.All' },
  { method: 'GET', path: '/groups/{id}', permission: 'GroupMember.Read.All' },
  { method: 'GET', path: '/groups/{id}/members', permission: 'GroupMember.Read.All' },
  { method: 'GET', path: '/groups/delta', permission: 'GroupMember.Read.All' },
  { method: 'GET', path: '/groups/{id}/transitiveMembers', permission: 'GroupMember.Read.All' },
  {
    method: 'GET',
    path: '/groups/{id}/transitiveMembers/microsoft.graph.user',
    permission: 'GroupMember.Read.All',
  },
  {
    method: 'GET',
    path: '/groups/{id}/transitiveMembers/microsoft.graph.group',
    permission: 'GroupMember.Read.All',
  },
  { method: 'POST', path: '/users/{id}/assignLicense', permission: 'LicenseAssignment.ReadWrite.All' },
  { method: 'PATCH', path: '/users/{id}', permission: 'User.ReadWrite.All' },
  { method: 'GET', path: '/subscriptions', permission: 'User.Read.All' },
  { method: 'POST', path: '/subscriptions', permission: 'User.Read.All' },
  { method: 'PATCH', path: '/subscriptions/{id}', permission: 'User.Read.All' },
  { method: 'DELETE', path: '/subscriptions/{id}', permission: 'User.Read.All' },
];

/** What opens the names of groups, wherever an answer shows them. */
export const groupNamesPermission: GraphPermission = 'GroupMember.Read.All';

/**
 * The call that a request is, by method and path; undefined: none that the product makes.
 *
 * @param path relative to the version, or one of Graph's own links
 */
export function graphCallOf(method: string, path: string): GraphCall | undefined {
  const bare = (path.replace(/^https?:\/\/[^/]+\/v1\.0/, '').split('?')[0] ?? '').replace(/\/$/, '');
  const segments = bare.split('/');
  const fits = (call: GraphCall): boolean => {
    const wanted = call.path.split('/');
    if (call.method !== method || wanted.length !== segments.length) return false;
    return wanted.every((one, at) => one === '{id}' || one.toLowerCase() === segments[at]?.toLowerCase());
  };
  // `/users/delta` would also be a user called delta: fixed segments go first.
  return graphCalls.filter(fits).sort((a, b) => openSegments(a) - openSegments(b))[0];
}

function openSegments({ path }: GraphCall): number {
  return path.split('{id}').length;
}
