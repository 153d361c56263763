import type { Attribute } from './attribute';

/**
 * One property of users that rules may name. This declaration is all that there is to say of it: how it is read, what
 * must be asked of Graph, the warnings, and the hint for a name that is nearly right follow from it.
 */
export type UserProperty = {
  /** After `user.`, as Microsoft's documentation spells it. */
  readonly name: string;
  /** Where Graph v1.0 has it: `department`, `employeeOrgData/costCenter`, `manager/department`. */
  readonly path: string;
  /**
   * `select` (the default): the first part of the path is asked for by `$select`. `expand`: it is a navigation to one
   * object, asked for by `$expand`. `groups`: the direct groups, which have a request of their own.
   */
  readonly readBy?: 'select' | 'expand' | 'groups';
  /** Graph has a collection that holds one value at most. */
  readonly isFirstOf?: true;
} & Partial<Pick<Attribute, 'type' | 'inEntra' | 'nullable' | 'anyScalar' | 'caution'>>;

/** Properties that rules and Graph call by the same name, and that hold one text. */
const sameInBoth = [
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
].map((name): UserProperty => ({ name, path: name }));

const extensionAttributes = Array.from({ length: 15 }, (_, index): UserProperty => {
  const name = `extensionAttribute${String(index + 1)}`;
  return { name, path: `onPremisesExtensionAttributes/${name}`, anyScalar: true };
});

/**
 * Names and types: https://learn.microsoft.com/entra/identity/users/groups-dynamic-membership (supported properties);
 * old directory names to Graph names:
 * https://learn.microsoft.com/graph/migrate-azure-ad-graph-property-differences.
 */
export const userProperties: readonly UserProperty[] = [
  { name: 'accountEnabled', path: 'accountEnabled', type: 'boolean', nullable: false },
  { name: 'dirSyncEnabled', path: 'onPremisesSyncEnabled', type: 'boolean' },
  { name: 'employeeHireDate', path: 'employeeHireDate', type: 'dateTime' },
  ...sameInBoth,
  { name: 'displayName', path: 'displayName', nullable: false },
  { name: 'userPrincipalName', path: 'userPrincipalName', nullable: false },
  { name: 'objectId', path: 'id', nullable: false },
  { name: 'mailNickName', path: 'mailNickname' },
  { name: 'facsimileTelephoneNumber', path: 'faxNumber' },
  { name: 'mobile', path: 'mobilePhone' },
  { name: 'physicalDeliveryOfficeName', path: 'officeLocation' },
  { name: 'telephoneNumber', path: 'businessPhones', isFirstOf: true },
  {
    name: 'sipProxyAddress',
    path: 'imAddresses',
    isFirstOf: true,
    caution:
      'user.sipProxyAddress is read from the first of imAddresses; whether Entra sees the same text is unknown',
  },
  ...extensionAttributes,
  { name: 'otherMails', path: 'otherMails', type: 'stringCollection' },
  { name: 'proxyAddresses', path: 'proxyAddresses', type: 'stringCollection' },
  { name: 'assignedPlans', path: 'assignedPlans', type: 'plans' },
  { name: 'memberOf', path: 'memberOf', type: 'groups', readBy: 'groups' },
  // Extensions: Entra has no rules on these.
  { name: 'employeeType', path: 'employeeType', inEntra: false },
  { name: 'employeeLeaveDateTime', path: 'employeeLeaveDateTime', type: 'dateTime', inEntra: false },
  { name: 'employeeOrgData.division', path: 'employeeOrgData/division', inEntra: false },
  { name: 'employeeOrgData.costCenter', path: 'employeeOrgData/costCenter', inEntra: false },
];
