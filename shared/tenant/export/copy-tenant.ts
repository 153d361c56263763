import type { ExportedGroup, ExportedUser } from './export-input';
import { Pseudonyms } from './pseudonyms';
import { rewriteRule } from './rewrite-rule';
import type { TenantFileLine } from './tenant-lines';
import { UserValues } from './user-values';
import type { Departments } from './user-values';

/** What becomes of the tenant's own names, ids and texts in a copy. Users and groups are given in the order of reading. */
export type TenantCopy = {
  readonly id: (id: string) => string;
  readonly domain: (domain: string) => string;
  /** Called for every group before the first user, so that names of groups are known. */
  readonly hearGroup: (group: ExportedGroup) => void;
  readonly user: (user: ExportedUser) => ExportedUser;
  /** Called when all users are known. */
  readonly group: (group: ExportedGroup) => ExportedGroup;
  /** A line of a user as it is at the end, when all names are known; undefined: as it was. */
  readonly finalLine: ((line: TenantFileLine) => TenantFileLine) | undefined;
};

/** The tenant as it is. */
export const plainCopy: TenantCopy = {
  id: (id) => id,
  domain: (domain) => domain,
  hearGroup: () => undefined,
  user: (user) => user,
  group: (group) => group,
  finalLine: undefined,
};

/** Properties of groups that say nothing of the tenant's own. */
const impersonal = [
  'mailEnabled',
  'securityEnabled',
  'groupTypes',
  'membershipRuleProcessingState',
  'onPremisesSyncEnabled',
];

export type PseudonymousCopy = TenantCopy & {
  readonly pseudonyms: Pseudonyms;
  readonly values: UserValues;
  /** Values of users and names of groups at the paths that rules look into. */
  readonly seen: ReadonlyMap<string, Set<string>>;
  /** A user who is in no line, such as one of a policy's tests. */
  readonly hearUser: (properties: Readonly<Record<string, unknown>>) => void;
  /** The rules of dynamic groups that are for no user of the copy; complete when all groups are copied. */
  readonly lostRules: () => number;
};

/**
 * The tenant with pseudonyms for users and groups.
 * @param lookedInto paths whose values have to be remembered, since rules look for parts of them
 * @param newId a GUID that no object has
 */
export function pseudonymousCopy(
  departments: Departments,
  lookedInto: ReadonlySet<string>,
  newId: () => string,
): PseudonymousCopy {
  const pseudonyms = new Pseudonyms(newId);
  const values = new UserValues(pseudonyms, departments);
  const seen = new Map([...lookedInto].map((path) => [path, new Set<string>()]));
  let lost = 0;
  const ruleOf = (rule: string) => {
    const made = rewriteRule(rule, { pseudonyms, values, seen });
    if (made.isLost) lost++;
    return made.rule;
  };
  const note = (properties: Readonly<Record<string, unknown>>) => {
    for (const [path, found] of seen) for (const text of textsAt(properties, path)) found.add(text);
  };
  return {
    pseudonyms,
    values,
    seen,
    hearUser: (properties) => {
      note(properties);
      values.properties(properties);
    },
    lostRules: () => lost,
    id: (id) => pseudonyms.id(id),
    domain: (domain) => pseudonyms.domain(domain),
    hearGroup: ({ id, displayName, properties: { mail, mailNickname } }) => {
      pseudonyms.id(id);
      pseudonyms.text('group', displayName);
      if (typeof mail === 'string') pseudonyms.address(mail);
      if (typeof mailNickname === 'string') pseudonyms.text('alias', mailNickname);
      seen.get('group')?.add(displayName);
    },
    user: ({ id, properties, assignments }) => {
      note(properties);
      const { manager } = properties;
      return {
        id: pseudonyms.id(id),
        properties: { ...values.properties(properties), manager: bossOf(manager, pseudonyms) },
        assignments: assignments.map((state) => ({
          ...state,
          assignedByGroup: state.assignedByGroup === null ? null : pseudonyms.id(state.assignedByGroup),
        })),
      };
    },
    group: ({ id, displayName, membershipRule, properties, assignedLicenses }) => {
      const rule = membershipRule === null ? null : ruleOf(membershipRule);
      const { mail, mailNickname } = properties;
      return {
        id: pseudonyms.id(id),
        displayName: pseudonyms.text('group', displayName),
        membershipRule: rule,
        assignedLicenses,
        properties: {
          ...Object.fromEntries(
            impersonal.flatMap((name) => (name in properties ? [[name, properties[name]] as const] : [])),
          ),
          ...(typeof mail === 'string' ? { mail: pseudonyms.address(mail) } : {}),
          ...(typeof mailNickname === 'string'
            ? { mailNickname: pseudonyms.text('alias', mailNickname) }
            : {}),
          ...(rule === null ? {} : { membershipRule: rule }),
        },
      };
    },
    finalLine:
      departments === 'replace' ? undefined : (line) => ({ ...values.restore(line), type: line.type }),
  };
}

function bossOf(manager: unknown, pseudonyms: Pseudonyms): { readonly id: string } | null {
  if (typeof manager !== 'object' || manager === null) return null;
  const { id } = manager as { readonly id?: unknown };
  return typeof id === 'string' ? { id: pseudonyms.id(id) } : null;
}

function textsAt(properties: Readonly<Record<string, unknown>>, path: string): readonly string[] {
  const [name = '', part] = path.split('/');
  const wanted = name.toLowerCase();
  const key = Object.hasOwn(properties, name)
    ? name
    : Object.keys(properties).find((known) => known.toLowerCase() === wanted);
  const value = key === undefined ? undefined : properties[key];
  const inner =
    part !== undefined && typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)[part]
      : value;
  return (Array.isArray(inner) ? inner : [inner]).filter(
    (one): one is string => typeof one === 'string' && one !== '',
  );
}
