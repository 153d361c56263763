import { ownProperties } from '../../../words/needs';
import type { Attribute } from './attribute';
import { userProperties } from './user-properties';
import type { UserProperty } from './user-properties';

type Target = Readonly<Record<string, unknown>>;

const attributes = new Map(
  userProperties.map((property) => [property.name.toLowerCase(), toAttribute(property)]),
);

function toAttribute({ name, path, readBy = 'select', isFirstOf, ...details }: UserProperty): Attribute {
  return {
    name: `user.${name}`,
    type: 'string',
    needs: readBy === 'groups' ? null : readBy === 'expand' ? path : firstPart(path),
    read: isFirstOf === true ? firstOf(path) : readerOf(path, readBy === 'expand'),
    inEntra: true,
    nullable: true,
    ...details,
  };
}

function firstPart(path: string): string {
  return path.split('/')[0] ?? path;
}

/** The first element of a Graph collection that holds one value at most. */
function firstOf(property: string): Attribute['read'] {
  return (user) => {
    const value = user[property];
    return Array.isArray(value) ? ((value[0] as unknown) ?? null) : value;
  };
}

/**
 * A value by its path. Graph gives an object whole, so a key that it lacks is empty; of what a navigation leads to,
 * only what was asked for is there, so a key that it lacks was not read.
 */
function readerOf(path: string, isNavigation: boolean): Attribute['read'] {
  const [property, key] = path.split('/');
  if (property === undefined) return () => undefined;
  if (key === undefined) return (user) => user[property];
  return (user) => {
    const value = user[property];
    if (value === undefined || value === null) return value;
    if (typeof value !== 'object') return value;
    return (value as Target)[key] ?? (isNavigation && !(key in value) ? undefined : null);
  };
}

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
    needs: name,
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
  return userProperties.map(({ name }) => name);
}

/** What Entra's rules call a Graph property, in any case; undefined: they do not know it. */
export function nameOfGraphProperty(property: string): string | undefined {
  const wanted = property.toLowerCase();
  return userProperties.find(({ path, inEntra }) => inEntra !== false && path.toLowerCase() === wanted)?.name;
}

/** The user's own Graph properties that rules read, as `$select` names them. */
export function userPropertyNames(): string[] {
  const needed = [...attributes.values()].map(({ needs }) => needs).filter((path) => path !== null);
  return [...new Set(ownProperties(needed))];
}
