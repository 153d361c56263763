import { PolicyFile } from './policy-schema';
import { choicesOf, itemsOf, keysOf } from './schema-walk';
import type { Schema } from './schema-walk';

/** The keys that a policy file may have at a path; none where it is not a map of fixed keys. */
export function keysAt(path: readonly (string | number)[]): string[] {
  let schema: Schema = PolicyFile;
  for (const key of path) {
    const next = keysOf(schema)?.[String(key)] ?? itemsOf(schema);
    if (next === undefined) return [];
    schema = next;
  }
  return choicesOf(schema).flatMap((choice) => Object.keys(keysOf(choice) ?? {}));
}
