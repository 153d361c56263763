import { nearestName } from '../../near-name';
import { operators } from './syntax';
import type { Operator } from './syntax';

const byLowerCase = new Map<string, Operator>(operators.map((name) => [name.toLowerCase(), name]));

/** A comparison operator by its name without the dash, any case. */
export function findOperator(name: string): Operator | undefined {
  return byLowerCase.get(name.toLowerCase());
}

const meant: Readonly<Record<string, string>> = {
  like: 'Entra has no wildcards: use -startsWith, -endsWith or -contains.',
  notlike: 'Entra has no wildcards: use -notStartsWith, -notEndsWith or -notContains.',
  gt: 'There is only -ge (at or after), and only for dates.',
  lt: 'There is only -le (at or before), and only for dates.',
  not: 'Write -not before the condition: -not (user.city -eq "Oslo"); "has a value" is -ne null.',
  is: 'Write -eq null or -ne null.',
  plus: 'Only system.now takes -plus.',
  minus: 'Only system.now takes -minus.',
  and: 'An operator and a value must come first: user.accountEnabled -eq true -and …',
  or: 'An operator and a value must come first: user.accountEnabled -eq true -or …',
  notany: 'Write -not (user.otherMails -any (…)).',
};

/** How to fix a word that stands where a comparison operator is expected. */
export function operatorHint(word: string): string | undefined {
  const lower = word.toLowerCase();
  const known = meant[lower];
  if (known !== undefined && Object.hasOwn(meant, lower)) return known;
  const caseVariant = /^[ci](eq|ne|match|notmatch|contains|notcontains|in|notin|ge|le)$/.exec(lower);
  if (caseVariant) {
    return `Comparisons never look at letter case; use -${findOperator(caseVariant[1] ?? '') ?? 'eq'}.`;
  }
  const near = nearestName(word, [...operators, 'any', 'all']);
  return near === undefined
    ? `The operators are ${operators.map((name) => `-${name}`).join(', ')}, -any and -all.`
    : `Did you mean -${near}?`;
}
