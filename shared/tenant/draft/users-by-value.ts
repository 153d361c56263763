import { foldText } from '../../policy/fold-case';
import type { DraftAttribute, DraftUser } from './draft-input';

/** Users who have one value of an attribute; rules compare without letter case. */
export type ValueUsers = { readonly value: string; readonly users: readonly DraftUser[] };

/** Who has which value of an attribute; values that a rule cannot quote are left out. */
export function usersByValue(users: readonly DraftUser[], attribute: DraftAttribute): readonly ValueUsers[] {
  const found = new Map<string, { value: string; users: DraftUser[] }>();
  for (const user of users) {
    const value = user.properties[attribute];
    if (typeof value !== 'string' || value.trim() === '' || /["\\`\n\r]/.test(value)) continue;
    const key = foldText(value);
    const known = found.get(key);
    if (known === undefined) found.set(key, { value, users: [user] });
    else known.users.push(user);
  }
  return [...found.values()].sort((a, b) => (a.value < b.value ? -1 : 1));
}

/** `user.department -eq "Sales"`, or `-in [...]` for several. */
export function ruleOf(attribute: DraftAttribute, values: readonly string[]): string {
  const quoted = values.map((value) => `"${value}"`);
  return quoted.length === 1
    ? `user.${attribute} -eq ${quoted[0] ?? ''}`
    : `user.${attribute} -in [${quoted.join(', ')}]`;
}
