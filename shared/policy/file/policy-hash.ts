import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { PolicyHash } from '../../kernel/ids';
import { PolicyFile } from './policy-schema';
import { choicesOf, defaultOf, itemsOf, keysOf } from './schema-walk';
import type { Schema } from './schema-walk';

/**
 * Keys whose defaults were filled in before hashing when the first policies were stored. They are filled in for good:
 * every stored hash (ledger, pointer, rollouts, users' rows) was made that way. Never add a key: the default of a
 * later key is left out, so that a file which does not name the key keeps its hash when the key arrives. Never change
 * a default either: files that are in force would mean something else from one version to the next.
 */
const filledIn: ReadonlySet<string> = new Set([
  'mode',
  'unconfirmed',
  'exclusive',
  'rules.assign',
  'rules.assign.fallback',
  'rules.assign.priority',
  'rules.assign.newPlans',
  'rules.without',
  'adopt',
  'removal',
  'removal.mode',
  'removal.grace',
  'drift',
  'guards',
  'prices',
  'tests',
]);

/**
 * SHA-256 (64 lower-case hex digits) of what a policy file says: layout, comments, the order of keys and values that
 * equal a default do not count. `file`: as `schema` parsed it.
 */
export function hashPolicy(file: PolicyFile, schema: Schema = PolicyFile): PolicyHash {
  const text = canonicalJson(withoutLaterDefaults(file, schema, ''));
  return createHash('sha256').update(text, 'utf8').digest('hex') as PolicyHash;
}

/** `path`: the keys down to this value, without places in lists. */
function withoutLaterDefaults(value: unknown, schema: Schema, path: string): unknown {
  const items = itemsOf(schema);
  if (Array.isArray(value)) {
    return items === undefined ? value : value.map((item) => withoutLaterDefaults(item, items, path));
  }
  if (typeof value !== 'object' || value === null) return value;
  const keys = choicesOf(schema)
    .map(keysOf)
    .find((found) => found !== undefined);
  const said = Object.entries(value).flatMap(([key, one]: [string, unknown]): [string, unknown][] => {
    const inner = keys?.[key] ?? items;
    if (inner === undefined) return [[key, one]];
    const place = keys === undefined ? path : path === '' ? key : `${path}.${key}`;
    const saidOfOne = withoutLaterDefaults(one, inner, place);
    const standard = keys === undefined || filledIn.has(place) ? undefined : defaultOf(inner);
    const isDefault =
      standard !== undefined && isDeepStrictEqual(saidOfOne, withoutLaterDefaults(standard, inner, place));
    return isDefault ? [] : [[key, saidOfOne]];
  });
  return Object.fromEntries(said);
}

/** JSON with the keys of every map in order: the same content gives the same text. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}
