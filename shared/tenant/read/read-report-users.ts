import type { Directory, DirectoryUser } from '../../graph/directory';
import { GraphError } from '../../graph/refusals/graph-error';
import type { GroupId } from '../../kernel/ids';
import { noNeeds } from '../../words/needs';
import type { ReportUser } from '../report/report-input';

const properties = ['userPrincipalName', 'displayName', 'accountEnabled', 'userType', 'createdDateTime'];

/**
 * Every user of the tenant as a report looks at them. Who never signed in is told where the token may read it.
 * https://learn.microsoft.com/graph/api/resources/signinactivity
 * @param onProgress how many were read
 * @throws GraphError
 */
export async function readReportUsers(
  directory: Pick<Directory, 'listUsers'>,
  onProgress: (done: number) => void = () => undefined,
): Promise<readonly ReportUser[]> {
  try {
    return await readUsers(directory, true, onProgress);
  } catch (error) {
    // Sign-ins take a permission of their own and a tenant with a premium license; both are refused with 403.
    if (!(error instanceof GraphError) || error.status !== 403) throw error;
    return readUsers(directory, false, onProgress);
  }
}

async function readUsers(
  directory: Pick<Directory, 'listUsers'>,
  withSignIns: boolean,
  onProgress: (done: number) => void,
): Promise<readonly ReportUser[]> {
  const asked = new Set([...properties, ...(withSignIns ? ['signInActivity'] : [])]);
  // Graph may show a user on two pages when others are created or deleted meanwhile.
  const users = new Map<string, ReportUser>();
  for await (const page of directory.listUsers({ ...noNeeds, properties: asked })) {
    for (const user of page) users.set(user.id, toReportUser(user, withSignIns));
    onProgress(users.size);
  }
  return [...users.values()];
}

function toReportUser(
  { id, properties, usageLocation, assignments }: DirectoryUser,
  withSignIns: boolean,
): ReportUser {
  const text = (name: string) => {
    const value = properties[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return {
    id,
    userPrincipalName: text('userPrincipalName'),
    displayName: text('displayName'),
    isEnabled: properties['accountEnabled'] !== false,
    isGuest: text('userType')?.toLowerCase() === 'guest',
    usageLocation,
    createdAt: timeOf(properties['createdDateTime']),
    signedInAt: withSignIns ? lastSignIn(properties['signInActivity']) : undefined,
    assignments,
  };
}

function timeOf(value: unknown): number | null {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

/** Any kind of sign-in counts; a failed one is in none of these. */
function lastSignIn(activity: unknown): number | null {
  if (typeof activity !== 'object' || activity === null) return null;
  const values = activity as Readonly<Record<string, unknown>>;
  const times = [
    'lastSignInDateTime',
    'lastNonInteractiveSignInDateTime',
    'lastSuccessfulSignInDateTime',
  ].flatMap((name) => timeOf(values[name]) ?? []);
  return times.length === 0 ? null : Math.max(...times);
}

/**
 * Names of the groups that give these users licenses; null: Graph does not tell, or the group is gone.
 * @throws GraphError, but for a permission that is missing
 */
export async function readGroupNames(
  directory: Pick<Directory, 'findGroups'>,
  users: readonly Pick<ReportUser, 'assignments'>[],
): Promise<ReadonlyMap<GroupId, string | null>> {
  const ids = new Set(
    users.flatMap(({ assignments }) =>
      assignments.flatMap(({ assignedByGroup: id }) => (id === null ? [] : [id])),
    ),
  );
  const names = new Map<GroupId, string | null>();
  for (const id of ids) {
    try {
      const [group] = await directory.findGroups(id);
      names.set(id, group?.displayName ?? null);
    } catch (error) {
      if (!(error instanceof GraphError) || !['permission', 'withheld'].includes(error.class)) throw error;
      names.set(id, null);
    }
  }
  return names;
}
