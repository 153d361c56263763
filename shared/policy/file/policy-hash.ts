import { createHash } from 'node:crypto';
import type { PolicyHash } from '../../kernel/ids';

/** JSON with the keys of every object in order: the same content gives the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

/** SHA-256 of the canonical content, defaults filled in: order of keys, layout and comments do not count. */
export function hashPolicy(content: unknown): PolicyHash {
  return createHash('sha256').update(canonicalJson(content), 'utf8').digest('hex') as PolicyHash;
}
