import type { EngineContext } from '../context';
import { directoryRefusal, malformedRequest } from '../graph-fault';
import type { GraphFault } from '../graph-fault';
import { isCountry } from './usage-location';
import { userProperties, userRule } from './directory-properties';
import type { PropertyRule } from './directory-properties';

type Body = Readonly<Record<string, unknown>>;

/**
 * The properties of a POST or PATCH that the directory keeps, checked.
 * https://learn.microsoft.com/graph/api/user-post-users, https://learn.microsoft.com/graph/api/user-update
 * @throws GraphFault 400
 */
export function checkUserInput(
  context: EngineContext,
  body: Body,
  purpose: 'create' | 'update',
  isSynced = false,
): Record<string, unknown> {
  if (purpose === 'create') checkRequired(body);
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    if (name.startsWith('@odata.')) continue;
    const rule = userRule(name);
    if (!rule) throw unknownProperty(name);
    if (rule.isReadOnly) {
      throw directoryRefusal(`Property '${name}' is read-only and cannot be set.`);
    }
    if (isSynced && context.settings.masteredProperties.includes(name)) {
      throw directoryRefusal(
        'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
      );
    }
    checkValue(name, rule, value);
    // A password is checked and forgotten.
    if (name !== 'passwordProfile') kept[name] = value;
  }
  if (typeof kept.userPrincipalName === 'string') checkPrincipalName(context, kept.userPrincipalName);
  return kept;
}

function checkRequired(body: Body): void {
  for (const [name, rule] of Object.entries(userProperties)) {
    if (rule.isRequired && (body[name] === undefined || body[name] === null || body[name] === '')) {
      throw directoryRefusal('A value is required for property ' + `'${name}' of resource 'User'.`);
    }
  }
}

function unknownProperty(name: string): GraphFault {
  return directoryRefusal(`Property '${name}' does not exist as a declared property or extension property.`);
}

function checkValue(name: string, rule: PropertyRule, value: unknown): void {
  if (value === null) {
    if (rule.isRequired) throw invalidValue(name);
    return;
  }
  if (!hasKind(rule, value)) {
    throw malformedRequest(`Invalid value specified for property '${name}' of resource 'User'.`);
  }
  if (rule.isRequired && value === '') throw invalidValue(name);
  if (typeof value === 'string' && rule.maxLength !== undefined && value.length > rule.maxLength) {
    throw invalidValue(name);
  }
  if (name === 'usageLocation' && !isCountry(value)) throw invalidValue(name);
  if (name === 'userType' && value !== 'Member' && value !== 'Guest') throw invalidValue(name);
  if (name === 'passwordProfile' && typeof (value as Body).password !== 'string') {
    throw directoryRefusal('The password in passwordProfile is required and must be a string.');
  }
}

function invalidValue(name: string): GraphFault {
  return directoryRefusal(`Invalid value specified for property '${name}' of resource 'User'.`);
}

function hasKind(rule: PropertyRule, value: unknown): boolean {
  switch (rule.kind) {
    case 'string':
    case 'guid':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'dateTime':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value));
    case 'strings':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'object':
      return typeof value === 'object' && !Array.isArray(value);
    case 'objects':
      return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null);
  }
}

function checkPrincipalName(context: EngineContext, name: string): void {
  const domain = name.split('@')[1]?.toLowerCase();
  if (!/^[^@\s]+@[^@\s]+$/.test(name) || !context.tenant.facts.domains.includes(domain ?? '')) {
    throw directoryRefusal(
      'The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.',
    );
  }
}
