/** What a property of a resource is: how it reads, whether it may be written and filtered. */
export type PropertyKind = 'string' | 'boolean' | 'dateTime' | 'strings' | 'object' | 'objects' | 'guid';

export type PropertyRule = {
  readonly kind: PropertyKind;
  /** Returned without $select. */
  readonly isDefault?: true;
  readonly isReadOnly?: true;
  /** `basic`: eq, in, startsWith, ge, le; `advanced`: also ne, not, endsWith, with ConsistencyLevel: eventual. */
  readonly filter?: 'basic' | 'advanced';
  /** Kept outside the directory: lists and delta answer 501. */
  readonly isElsewhere?: true;
  readonly maxLength?: number;
  readonly isRequired?: true;
};

const text: PropertyRule = { kind: 'string', filter: 'advanced' };
const shown: PropertyRule = { kind: 'string', filter: 'advanced', isDefault: true };
const synced: PropertyRule = { kind: 'string', filter: 'advanced', isReadOnly: true };

/** https://learn.microsoft.com/graph/api/resources/user */
export const userProperties: Readonly<Record<string, PropertyRule>> = {
  businessPhones: { kind: 'strings', isDefault: true },
  displayName: { ...shown, maxLength: 256, isRequired: true },
  givenName: { ...shown, maxLength: 64 },
  jobTitle: { ...shown, maxLength: 128 },
  mail: shown,
  mobilePhone: { ...shown, maxLength: 64 },
  officeLocation: { ...shown, maxLength: 128 },
  preferredLanguage: shown,
  surname: { ...shown, maxLength: 64 },
  userPrincipalName: { ...shown, maxLength: 113, isRequired: true },
  id: { kind: 'guid', isDefault: true, isReadOnly: true, filter: 'advanced' },
  accountEnabled: { kind: 'boolean', filter: 'advanced', isRequired: true },
  ageGroup: text,
  assignedLicenses: { kind: 'objects', isReadOnly: true, filter: 'advanced' },
  assignedPlans: { kind: 'objects', isReadOnly: true, filter: 'advanced' },
  city: { ...text, maxLength: 128 },
  companyName: { ...text, maxLength: 64 },
  country: { ...text, maxLength: 128 },
  createdDateTime: { kind: 'dateTime', isReadOnly: true, filter: 'advanced' },
  creationType: synced,
  deletedDateTime: { kind: 'dateTime', isReadOnly: true, filter: 'advanced' },
  department: { ...text, maxLength: 64 },
  employeeHireDate: { kind: 'dateTime', filter: 'advanced' },
  employeeId: { ...text, maxLength: 16 },
  employeeLeaveDateTime: { kind: 'dateTime', filter: 'advanced' },
  employeeOrgData: { kind: 'object', filter: 'advanced' },
  employeeType: text,
  externalUserState: text,
  faxNumber: text,
  identities: { kind: 'objects' },
  imAddresses: { kind: 'strings', isReadOnly: true, filter: 'advanced' },
  lastPasswordChangeDateTime: { kind: 'dateTime', isReadOnly: true },
  licenseAssignmentStates: { kind: 'objects', isReadOnly: true },
  mailNickname: { ...text, maxLength: 64, isRequired: true },
  onPremisesDistinguishedName: { kind: 'string', isReadOnly: true },
  onPremisesDomainName: { kind: 'string', isReadOnly: true },
  onPremisesExtensionAttributes: { kind: 'object', filter: 'advanced' },
  onPremisesImmutableId: text,
  onPremisesLastSyncDateTime: { kind: 'dateTime', isReadOnly: true, filter: 'advanced' },
  onPremisesProvisioningErrors: { kind: 'objects', isReadOnly: true },
  onPremisesSamAccountName: synced,
  onPremisesSecurityIdentifier: synced,
  onPremisesSyncEnabled: { kind: 'boolean', isReadOnly: true, filter: 'advanced' },
  onPremisesUserPrincipalName: { kind: 'string', isReadOnly: true },
  otherMails: { kind: 'strings', filter: 'advanced' },
  passwordPolicies: { kind: 'string' },
  passwordProfile: { kind: 'object', isRequired: true },
  postalCode: { ...text, maxLength: 40 },
  preferredDataLocation: { kind: 'string' },
  provisionedPlans: { kind: 'objects', isReadOnly: true, filter: 'advanced' },
  proxyAddresses: { kind: 'strings', isReadOnly: true, filter: 'advanced' },
  securityIdentifier: { kind: 'string', isReadOnly: true },
  showInAddressList: { kind: 'boolean' },
  signInActivity: { kind: 'object', isReadOnly: true },
  state: { ...text, maxLength: 128 },
  streetAddress: { ...text, maxLength: 1024 },
  usageLocation: text,
  userType: text,
  aboutMe: { kind: 'string', isElsewhere: true },
  birthday: { kind: 'dateTime', isElsewhere: true },
  hireDate: { kind: 'dateTime', isElsewhere: true },
  interests: { kind: 'strings', isElsewhere: true },
  mySite: { kind: 'string', isElsewhere: true },
  pastProjects: { kind: 'strings', isElsewhere: true },
  preferredName: { kind: 'string', isElsewhere: true },
  responsibilities: { kind: 'strings', isElsewhere: true },
  schools: { kind: 'strings', isElsewhere: true },
  skills: { kind: 'strings', isElsewhere: true },
};

/** Written by the directory with the id of the application that registered it, without dashes. */
const extensionName = /^extension_[0-9a-f]{32}_\w+$/i;

/** A property that an application added to users. https://learn.microsoft.com/graph/extensibility-overview#directory-microsoft-entra-id-extensions */
export function isExtension(name: string): boolean {
  return extensionName.test(name);
}

const extension: PropertyRule = { kind: 'string', filter: 'advanced' };

/** The rule of a user's property, extensions included; undefined: users have no such property. */
export function userRule(name: string): PropertyRule | undefined {
  // Names such as `constructor` are no properties, although every object has them.
  if (Object.hasOwn(userProperties, name)) return userProperties[name];
  return isExtension(name) ? extension : undefined;
}

/** https://learn.microsoft.com/graph/api/resources/group */
export const groupProperties: Readonly<Record<string, PropertyRule>> = {
  id: { kind: 'guid', isDefault: true, isReadOnly: true, filter: 'advanced' },
  deletedDateTime: { kind: 'dateTime', isDefault: true, isReadOnly: true, filter: 'advanced' },
  classification: shown,
  createdDateTime: { kind: 'dateTime', isDefault: true, isReadOnly: true, filter: 'advanced' },
  description: { ...shown, maxLength: 1024 },
  displayName: { ...shown, maxLength: 256, isRequired: true },
  groupTypes: { kind: 'strings', isDefault: true, filter: 'advanced' },
  mail: { ...shown, isReadOnly: true },
  mailEnabled: { kind: 'boolean', isDefault: true, filter: 'advanced', isRequired: true },
  mailNickname: { ...shown, maxLength: 64, isRequired: true },
  membershipRule: shown,
  membershipRuleProcessingState: shown,
  onPremisesSyncEnabled: { kind: 'boolean', isDefault: true, isReadOnly: true, filter: 'advanced' },
  onPremisesLastSyncDateTime: { kind: 'dateTime', isDefault: true, isReadOnly: true, filter: 'advanced' },
  onPremisesSamAccountName: { ...synced, isDefault: true },
  securityEnabled: { kind: 'boolean', isDefault: true, filter: 'advanced', isRequired: true },
  visibility: { kind: 'string', isDefault: true },
  assignedLicenses: { kind: 'objects', isReadOnly: true, filter: 'advanced' },
  hasMembersWithLicenseErrors: { kind: 'boolean', isReadOnly: true, filter: 'basic' },
  licenseProcessingState: { kind: 'object', isReadOnly: true },
};
