import data from './permission-data.json';

/** Microsoft's own list, by call. The file names its source, its date and what was left out. */
const calls: Readonly<Record<string, readonly string[]>> = data.calls;

/**
 * Application permissions that open a call, any one is enough. A cast at the end of a path needs the same.
 * Throws when Microsoft's list does not have the call: a route is not to be opened by guess.
 */
function opens(call: string): readonly string[] {
  const roles = calls[call];
  if (roles === undefined) throw new Error(`permission-data.json has no ${call}`);
  return roles;
}

const readUsers = opens('GET /users');
const writeGroups = opens('PATCH /groups/{id}');
/** https://learn.microsoft.com/graph/api/group-post-members; the list does not have the calls with `$ref`. */
const writeMembers = ['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.ReadWrite.All'];
/** https://learn.microsoft.com/graph/api/directory-deleteditems-list, for users. */
const readDeleted = ['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'];

/** The application permissions that open each call, as permission-data.json has them. */
export const roles = {
  readUsers,
  readUser: opens('GET /users/{id}'),
  deltaUsers: opens('GET /users/delta'),
  createUser: opens('POST /users'),
  updateUser: opens('PATCH /users/{id}'),
  deleteUser: opens('DELETE /users/{id}'),
  readManager: opens('GET /users/{id}/manager'),
  writeManager: opens('PUT /users/{id}/manager'),
  assignToUsers: opens('POST /users/{id}/assignLicense'),
  reprocess: opens('POST /users/{id}/reprocessLicenseAssignment'),
  assignToGroups: opens('POST /groups/{id}/assignLicense'),
  readSkus: opens('GET /subscribedSkus'),
  readLicenseDetails: opens('GET /users/{id}/licenseDetails'),
  memberOf: opens('GET /users/{id}/memberOf'),
  transitiveMemberOf: opens('GET /users/{id}/transitiveMemberOf'),
  checkMemberGroups: opens('POST /users/{id}/checkMemberGroups'),
  getMemberGroups: opens('POST /users/{id}/getMemberGroups'),
  readGroups: opens('GET /groups'),
  deltaGroups: opens('GET /groups/delta'),
  groupMembers: opens('GET /groups/{id}/members'),
  groupTransitiveMembers: opens('GET /groups/{id}/transitiveMembers'),
  groupTransitiveMemberOf: opens('GET /groups/{id}/transitiveMemberOf'),
  createGroup: opens('POST /groups'),
  writeGroups,
  deleteGroup: opens('DELETE /groups/{id}'),
  writeMembers,
  readDeleted,
  restoreUser: opens('POST /directory/deletedItems/{id}/restore'),
  readOrganization: opens('GET /organization'),
  readAudits: opens('GET /auditLogs/directoryAudits'),
  /** https://learn.microsoft.com/graph/api/subscription-post-subscriptions#permissions: by what is subscribed to. */
  subscribeUsers: ['User.Read.All'],
  subscribeGroups: ['Group.Read.All'],
  subscriptions: ['User.Read.All', 'Group.Read.All'],
} as const satisfies Record<string, readonly string[]>;

/** What the emulator's own client has unless it is told otherwise. */
export const everyRole: readonly string[] = [...new Set(Object.values(roles).flat())].sort();

/** Whether an application may see more of an object than its type and id, by what opens the object itself. */
export function sees(kind: 'user' | 'group', held: ReadonlySet<string>): boolean {
  return (kind === 'user' ? roles.readUser : roles.readGroups).some((role) => held.has(role));
}

/**
 * What an application sees of a member that it may not read: its type and id, and null for everything else, with 200.
 * https://learn.microsoft.com/graph/permissions-overview#limited-information-returned-for-inaccessible-member-objects
 */
export function withholdAll(view: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(view).map(([name, value]) => [name, name === 'id' || name.startsWith('@') ? value : null]),
  );
}
