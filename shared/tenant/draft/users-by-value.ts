import { foldText } from '../../policy/fold-case';
import { userProperties } from '../../policy/rule/attributes/user-properties';
import type { DraftAttribute, DraftUser } from './draft-input';

/** Users who have one value of an attribute; rules compare without letter case. */
export type ValueUsers = { readonly value: string; readonly users: readonly DraftUser[] };

/** Every SKU asks the same of the same users, and a large tenant has many of both. */
const known = new WeakMap<readonly DraftUser[], Map<DraftAttribute, readonly ValueUsers[]>>();

/** Who has which value of an attribute; values that a rule cannot quote are left out. Worked out once for a list of users. */
export function usersByValue(users: readonly DraftUser[], attribute: DraftAttribute): readonly ValueUsers[] {
  const lists = known.get(users) ?? new Map<DraftAttribute, readonly ValueUsers[]>();
  known.set(users, lists);
  const list = lists.get(attribute) ?? splitByValue(users, attribute);
  lists.set(attribute, list);
  return list;
}

function splitByValue(users: readonly DraftUser[], attribute: DraftAttribute): readonly ValueUsers[] {
  const found = new Map<string, { value: string; users: DraftUser[] }>();
  for (const user of users) {
    const value = user.properties[attribute];
    if (typeof value !== 'string' || value.trim() === '' || /["\\`\n\r]/.test(value)) continue;
    const key = foldText(value);
    const same = found.get(key);
    if (same === undefined) found.set(key, { value, users: [user] });
    else same.users.push(user);
  }
  return [...found.values()].sort((a, b) => (a.value < b.value ? -1 : 1));
}

/** `user.department -eq "Sales"`, or `-in [...]` for several; rules call some properties otherwise than Graph. */
export function ruleOf(attribute: DraftAttribute, values: readonly string[]): string {
  const name = userProperties.find(({ path }) => path === attribute)?.name ?? attribute;
  const quoted = values.map((value) => `"${value}"`);
  return quoted.length === 1
    ? `user.${name} -eq ${quoted[0] ?? ''}`
    : `user.${name} -in [${quoted.join(', ')}]`;
}
