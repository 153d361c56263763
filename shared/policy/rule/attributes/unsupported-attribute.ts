import { nearestName } from '../../near-name';
import { elementAttributeNames, isElementName } from './element-attributes';
import type { CollectionType } from './element-attributes';
import type { RuleError } from '../syntax/rule-error';
import type { Reference } from '../syntax/syntax';
import { nameOfGraphProperty, userAttributeNames } from './user-attributes';

/** What people call properties that both Entra's rules and Graph call otherwise. */
const otherWords: Readonly<Record<string, string>> = {
  memberofgroups: 'memberOf',
  title: 'jobTitle',
  upn: 'userPrincipalName',
  firstname: 'givenName',
  lastname: 'surname',
  company: 'companyName',
  zip: 'postalCode',
  enabled: 'accountEnabled',
};

/** What people look for and rules cannot see. */
const absentHints: Readonly<Record<string, string>> = {
  manager: 'Use the rule Direct Reports for "object id of the manager".',
  assignedlicenses:
    'Rules see service plans, not SKUs: user.assignedPlans -any (assignedPlan.servicePlanId -eq "…").',
  licenseassignmentstates:
    'Rules see service plans: user.assignedPlans -any (assignedPlan.servicePlanId -eq "…").',
  groups: 'Use user.memberOf -any (group.objectId -in ["…"]).',
};

const known = (table: Readonly<Record<string, string>>, key: string) =>
  Object.hasOwn(table, key) ? table[key] : undefined;

type Fail = (
  code: 'rule/property',
  message: string,
  at: { readonly start: number; readonly end: number },
  hint?: string,
) => RuleError;

/** The error for a name that no attribute bears. `within`: the collection whose -any or -all stands around it. */
export function unsupportedAttribute(
  reference: Reference,
  within: CollectionType | null,
  fail: Fail,
): RuleError {
  const object = reference.object.toLowerCase();
  const written = reference.name === '' ? reference.object : `${reference.object}.${reference.name}`;
  if (object === 'device') {
    return fail(
      'rule/property',
      `${written} is a property of devices; these rules are about users`,
      reference,
      'A rule speaks of users or of devices, never of both; write user. properties only.',
    );
  }
  if (within !== null) {
    const names = elementAttributeNames(within).join(', ');
    return fail(
      'rule/property',
      `${written} cannot stand inside this -any or -all`,
      reference,
      `The condition in the parentheses is about one element: ${names}.`,
    );
  }
  if (isElementName(written)) {
    return fail(
      'rule/property',
      `${written} stands for an element of a collection, and there is none here`,
      reference,
      'It belongs into the parentheses of -any or -all: user.otherMails -any (_ -endsWith "@example.com").',
    );
  }
  if (object !== 'user') {
    const hint = nearestName(object, ['user'])
      ? `Did you mean user.${reference.name}?`
      : 'Properties begin with "user.".';
    return fail('rule/property', `${written} is not a property of users`, reference, hint);
  }
  return fail('rule/property', `Attribute not supported: ${written}`, reference, userHint(reference.name));
}

function userHint(name: string): string {
  const lower = name.toLowerCase();
  const container = /^onpremisesextensionattributes\.(.*)$/.exec(lower);
  if (container) return `Entra's rules name it directly: user.${container[1] ?? ''}.`;
  const renamed = nameOfGraphProperty(lower) ?? known(otherWords, lower);
  if (renamed !== undefined) return `Entra's rules call it user.${renamed}.`;
  const absent = known(absentHints, lower);
  if (absent !== undefined) return absent;
  const parts = userAttributeNames().filter((each) => each.toLowerCase().startsWith(`${lower}.`));
  if (parts.length > 0) return `Name a part of it: ${parts.map((part) => `user.${part}`).join(' or ')}.`;
  const whole = userAttributeNames().find((each) => each.toLowerCase().endsWith(`.${lower}`));
  if (whole !== undefined) return `It is part of another property: user.${whole}.`;
  if (lower.startsWith('extension_')) {
    return 'A directory extension is user.extension_, the application id (32 hex digits, no hyphens), _ and the name.';
  }
  if (lower.startsWith('extensionattribute')) return 'Extension attributes are numbered 1 to 15.';
  const near = nearestName(name, userAttributeNames());
  return near === undefined ? 'Entra has no rules on this property.' : `Did you mean user.${near}?`;
}
