import type { IncomingHttpHeaders } from 'node:http';
import type { Secret } from '../../../emulator-kit/src/secret';

export type AccessKeys = {
  /** `_master`: opens everything. */
  readonly master: Secret;
  /** The host's key for functions of level `function`. */
  readonly host: Secret;
};

export type AuthLevel = 'anonymous' | 'function' | 'admin';

/** The key a request carries: the header `x-functions-key` wins over the query's `code`. */
export function keyOf(headers: IncomingHttpHeaders, query: URLSearchParams): string | undefined {
  const header = headers['x-functions-key'];
  return (Array.isArray(header) ? header[0] : header) ?? query.get('code') ?? undefined;
}

/**
 * Whether a key opens a level.
 * Source: https://learn.microsoft.com/azure/azure-functions/function-keys-how-to (access scopes)
 */
export function isAllowed(level: AuthLevel, key: string | undefined, keys: AccessKeys): boolean {
  if (level === 'anonymous') return true;
  if (key === undefined) return false;
  const isMaster = keys.master.equals(key);
  const isHostKey = keys.host.equals(key);
  return level === 'admin' ? isMaster : isMaster || isHostKey;
}
