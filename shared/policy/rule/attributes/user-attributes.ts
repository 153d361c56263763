import type { Attribute } from './attribute';

/**
 * The properties of users that rules may name, and where Microsoft Graph v1.0 keeps them. Names and types:
 * https://learn.microsoft.com/entra/identity/users/groups-dynamic-membership (supported properties);
 * old directory names to Graph names:
 * https://learn.microsoft.com/graph/migrate-azure-ad-graph-property-differences.
 */
type Target = Readonly<Record<string, unknown>>;
type Details = Partial<Omit<Attribute, 'name'>>;

const attributes = new Map<string, Attribute>();

function add(name: string, property: string, details: Details = {}): void {
  attributes.set(name.toLowerCase(), {
    name: `user.${name}`,
    type: 'string',
    select: property,
    read: (user) => user[property],
    inEntra: true,
    nullable: true,
    ...details,
  });
}

/** The first element of a Graph collection that holds one value at most. */
function firstOf(property: string): (user: Target) => unknown {
  return (user) => {
    const value = user[property];
    return Array.isArray(value) ? ((value[0] as unknown) ?? null) : value;
  };
}

/** A key of a Graph object; a container that was read and lacks the key has no value there. */
function keyOf(container: string, key: string): (user: Target) => unknown {
  return (user) => {
    const value = user[container];
    if (value === undefined || value === null) return value;
    return typeof value === 'object' ? ((value as Target)[key] ?? null) : value;
  };
}

add('accountEnabled', 'accountEnabled', { type: 'boolean', nullable: false });
add('dirSyncEnabled', 'onPremisesSyncEnabled', { type: 'boolean' });
add('employeeHireDate', 'employeeHireDate', { type: 'dateTime' });
for (const name of [
  'city',
  'country',
  'companyName',
  'department',
  'employeeId',
  'givenName',
  'jobTitle',
  'mail',
  'onPremisesDistinguishedName',
  'onPremisesSecurityIdentifier',
  'passwordPolicies',
  'postalCode',
  'preferredLanguage',
  'state',
  'streetAddress',
  'surname',
  'usageLocation',
  'userType',
]) {
  add(name, name);
}
for (const name of ['displayName', 'userPrincipalName']) add(name, name, { nullable: false });
add('objectId', 'id', { nullable: false });
add('mailNickName', 'mailNickname');
add('facsimileTelephoneNumber', 'faxNumber');
add('mobile', 'mobilePhone');
add('physicalDeliveryOfficeName', 'officeLocation');
add('telephoneNumber', 'businessPhones', { read: firstOf('businessPhones') });
add('sipProxyAddress', 'imAddresses', {
  read: firstOf('imAddresses'),
  caution:
    'user.sipProxyAddress is read from the first of imAddresses; whether Entra sees the same text is unknown',
});
for (let index = 1; index <= 15; index++) {
  const key = `extensionAttribute${String(index)}`;
  add(key, 'onPremisesExtensionAttributes', {
    read: keyOf('onPremisesExtensionAttributes', key),
    anyScalar: true,
  });
}
add('otherMails', 'otherMails', { type: 'stringCollection' });
add('proxyAddresses', 'proxyAddresses', { type: 'stringCollection' });
add('assignedPlans', 'assignedPlans', { type: 'plans' });
add('memberOf', 'memberOf', { type: 'groups', select: null });
// Ours: Entra has no rules on these.
add('employeeType', 'employeeType', { inEntra: false });
add('employeeOrgData.division', 'employeeOrgData', {
  read: keyOf('employeeOrgData', 'division'),
  inEntra: false,
});
add('employeeOrgData.costCenter', 'employeeOrgData', {
  read: keyOf('employeeOrgData', 'costCenter'),
  inEntra: false,
});

const directoryExtension = /^extension_[0-9a-f]{32}_[a-z0-9_]+$/i;

/** A directory extension is read under the name Graph returns, which may differ from the rule's in letter case. */
function extensionAttribute(name: string): Attribute {
  const wanted = name.toLowerCase();
  const read = (user: Target): unknown => {
    if (Object.hasOwn(user, name)) return user[name];
    const key = Object.keys(user).find((candidate) => candidate.toLowerCase() === wanted);
    return key === undefined ? undefined : user[key];
  };
  return {
    name: `user.${name}`,
    type: 'string',
    select: name,
    read,
    inEntra: true,
    nullable: true,
    anyScalar: true,
  };
}

/** A property of users by what stands after `user.`, in any case; undefined: rules cannot name it. */
export function findUserAttribute(name: string): Attribute | undefined {
  const known = attributes.get(name.toLowerCase());
  if (known !== undefined) return known;
  return directoryExtension.test(name) ? extensionAttribute(name) : undefined;
}

/** The documented spellings, without `user.`. */
export function userAttributeNames(): string[] {
  return [...attributes.values()].map((attribute) => attribute.name.slice('user.'.length));
}

/** The Graph properties that rules read, as `$select` names them. */
export function userPropertyNames(): string[] {
  const selected = [...attributes.values()].map((attribute) => attribute.select);
  return [...new Set(selected)].filter((name) => name !== null);
}
