import type { Directory } from '../../graph/directory';
import { GraphError } from '../../graph/refusals/graph-error';
import type { GraphPermission } from '../../graph/permissions';
import { findUntracked } from '../../graph/untracked-properties';
import { UserError, ensureError } from '../../kernel/errors';
import { trackedProperties } from '../../pipeline/intake/delta-cursor';
import { namedGroups } from '../../policy/group-references';
import type { Policy } from '../../policy/policy';
import { noNeeds, ownProperties } from '../../words/needs';
import type { Needs } from '../../words/needs';

/** What a policy makes the product ask of Graph. */
export type PolicyCalls = {
  readonly needs: Needs;
  /** Groups that rules name, by name or id. */
  readonly groups: readonly string[];
};

export type CallTrial = {
  /** The permission that docs/permissions.md grants for it. */
  readonly permission: GraphPermission;
  /** What the call is for, in words. */
  readonly what: string;
  /** null: it worked. */
  readonly error: Error | null;
  /** Graph refused it for want of this permission; null: it worked, or failed for another reason. */
  readonly missing: string | null;
};

export type TriedCalls = {
  readonly trials: readonly CallTrial[];
  /** Properties of the policy that delta does not track, with Graph's words. */
  readonly untracked: ReadonlyMap<string, string>;
  /** Extension properties of the policy that no user of the first page shows under that name; the right one, if known. */
  readonly unseen: ReadonlyMap<string, string | undefined>;
  /** SKUs whose row cannot be used, and why. */
  readonly skipped: readonly { readonly name: string; readonly why: string }[];
};

/** What this policy makes the product read; null: there is no policy yet. */
export function callsOf(policy: Policy | null): PolicyCalls {
  if (policy === null) return { needs: noNeeds, groups: [] };
  return { needs: policy.needs, groups: namedGroups(policy).map(({ reference }) => reference) };
}

/** No group of a tenant is called so; asking for it takes the same permission as asking for one that is there. */
const noGroup = 'licenser permission probe';

/**
 * Makes exactly the reads that the policy makes the product do, with its own `$select`: a list of users, one user in
 * full, following changes of users and groups, SKUs, groups and their members. Nothing is written. About eight requests.
 *
 * @param followsChanges false: for who only looks
 */
export async function tryCalls(
  directory: Pick<
    Directory,
    | 'listSkuRows'
    | 'userPage'
    | 'spellingOf'
    | 'readUser'
    | 'deltaFromNow'
    | 'findGroups'
    | 'groupMembers'
    | 'groupDeltaFromNow'
  >,
  { needs, groups }: PolicyCalls,
  { followsChanges = true }: { readonly followsChanges?: boolean } = {},
): Promise<TriedCalls> {
  let untracked: ReadonlyMap<string, string> = new Map();
  const unseen = new Map<string, string | undefined>();
  let skipped: TriedCalls['skipped'] = [];
  const direct: readonly Promise<CallTrial>[] = needs.directGroups
    ? [attempt('GroupMember.ReadBasic.All', 'reads direct memberships', () => readOne(directory, needs))]
    : [];
  const withoutDirect = { ...needs, directGroups: false };
  const trials = await Promise.all([
    attempt('LicenseAssignment.Read.All', 'reads the SKUs', async () => {
      ({ skipped } = await directory.listSkuRows());
    }),
    attempt('User.Read.All', 'reads users', async () => {
      await readOne(directory, withoutDirect);
      for (const one of await findUnseen(directory, needs)) unseen.set(...one);
    }),
    ...(followsChanges
      ? [
          attempt('User.Read.All', 'follows changes of users', async () => {
            untracked = await findUntracked(directory, trackedProperties(needs));
          }),
        ]
      : []),
    attempt('GroupMember.Read.All', 'reads groups', () => readGroup(directory, groups[0], followsChanges)),
    ...direct,
  ]);
  return { trials, untracked, unseen, skipped };
}

/** The first user of the tenant, as the list of users and as a look at one user reads them. */
async function readOne(directory: Pick<Directory, 'userPage' | 'readUser'>, needs: Needs): Promise<void> {
  const { users } = await directory.userPage({ ...needs, directGroups: false });
  const [first] = users;
  if (first !== undefined) await directory.readUser(first.id, needs);
}

/**
 * One page is enough; changes are followed only of groups that a policy names. A name that no group has is a trouble of the
 * policy, which `policy check` reports.
 */
async function readGroup(
  directory: Pick<Directory, 'findGroups' | 'groupMembers' | 'groupDeltaFromNow'>,
  reference: string | undefined,
  followsChanges: boolean,
): Promise<void> {
  if (reference !== undefined && followsChanges) await directory.groupDeltaFromNow();
  const [group] = await directory.findGroups(reference ?? noGroup);
  if (group === undefined) return;
  try {
    for await (const _page of directory.groupMembers(group.id)) break;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

async function attempt(
  permission: GraphPermission,
  what: string,
  work: () => Promise<void>,
): Promise<CallTrial> {
  try {
    await work();
    return { permission, what, error: null, missing: null };
  } catch (thrown) {
    const error = ensureError(thrown);
    const isRight =
      error instanceof GraphError && (error.class === 'permission' || error.class === 'withheld');
    // Which call it was tells the permission; a refusal that does not say so is that of what was tried.
    return { permission, what, error, missing: isRight ? (error.permission ?? permission) : null };
  }
}

/**
 * The extension properties that no user of the first page shows under this name, each with the right one if that is known.
 * @throws GraphError
 */
export async function findUnseen(
  directory: Pick<Directory, 'spellingOf'>,
  needs: Needs,
): Promise<readonly (readonly [string, string | undefined])[]> {
  const unseen: [string, string | undefined][] = [];
  for (const property of ownProperties(needs.properties).filter((name) => /^extension_/i.test(name))) {
    const spelling = await directory.spellingOf(property);
    if (spelling !== property) unseen.push([property, spelling]);
  }
  return unseen;
}

/** What to tell a person about an extension property that no user shows under the policy's name. */
export function describeUnseen([property, spelling]: readonly [string, string | undefined]): string {
  return spelling === undefined
    ? `No user of the first page has ${property}: upper and lower case count in such a name, and Graph does not report a wrong one`
    : `The directory spells ${property} as ${spelling}: Graph leaves out the other spelling without a word`;
}
