import { seededRandom } from '../../shared/kernel/random';
import type { BenchUser, SharedRule } from './rule-engines';

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix} ${String(index)}`);
const values: Readonly<Record<string, readonly string[]>> = {
  department: numbered('Department', 60),
  jobTitle: numbered('Title', 40),
  city: ['Amsterdam', 'Berlin', 'Zürich', 'Oslo', 'Lisboa', 'Paris', 'London', 'Madrid'],
  usageLocation: ['NL', 'DE', 'CH', 'NO', 'PT', 'FR', 'GB', 'ES'],
  userType: ['Member', 'Guest'],
};

/** Users without empty properties, the same for the same seed. */
export function makeBenchUsers(count: number, seed: number): BenchUser[] {
  const random = seededRandom(seed);
  const names = Object.keys(values);
  return Array.from({ length: count }, () => {
    const user: Record<string, string | boolean> = { accountEnabled: random() < 0.9 };
    for (const name of names) user[name] = pick(values[name] ?? [], random());
    return user;
  });
}

function pick<T>(items: readonly T[], random: number): T {
  const item = items[Math.floor(random * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

/** Rules as admins write them, of the parts that all engines know. */
export function makeSharedRules(count: number, seed: number): SharedRule[] {
  const random = seededRandom(seed);
  const any = (property: string) => pick(values[property] ?? [], random());
  const eq = (property: string): SharedRule => ({ op: 'eq', property, value: any(property) });
  const several = (property: string) => [any(property), any(property), any(property), any(property)];
  const enabled: SharedRule = { op: 'eq', property: 'accountEnabled', value: true };
  const kinds: readonly (() => SharedRule)[] = [
    () => eq('department'),
    () => ({
      op: 'and',
      rules: [enabled, { op: 'eq', property: 'userType', value: 'Member' }, eq('department')],
    }),
    () => ({ op: 'or', rules: [eq('department'), eq('department'), eq('jobTitle')] }),
    () => ({ op: 'and', rules: [{ op: 'in', property: 'city', values: several('city') }, enabled] }),
    () => ({
      op: 'and',
      rules: [eq('usageLocation'), { op: 'ne', property: 'jobTitle', value: any('jobTitle') }],
    }),
    () => ({
      op: 'and',
      rules: [enabled, { op: 'not', rule: { op: 'or', rules: [eq('city'), eq('jobTitle')] } }],
    }),
    () => ({
      op: 'and',
      rules: [{ op: 'notIn', property: 'department', values: several('department') }, eq('city')],
    }),
  ];
  return Array.from({ length: count }, (_, index) => (kinds[index % kinds.length] ?? (() => enabled))());
}

/** Membership rules of a policy: most ask for a department, as policies do. */
export function makePolicyRules(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const department = `user.department -eq "Department ${String(index % 400)}"`;
    return index % 3 === 0
      ? department
      : index % 3 === 1
        ? `${department} -and user.accountEnabled -eq true`
        : `user.department -in ["Department ${String(index % 400)}", "Department ${String((index * 7) % 400)}"] -and user.city -ne "Oslo"`;
  });
}
