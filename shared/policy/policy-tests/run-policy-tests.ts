import { sameReference } from '../checks/policy-catalogue';
import type { Entitle, EntitledReference } from './entitle';
import { withNamedGroups } from './entitle-by-reference';
import type { Policy, PolicyTest } from '../policy';

export type PolicyTestResult = {
  /** From 1, in the order of the file. */
  readonly number: number;
  readonly name: string;
  readonly passed: boolean;
  /** What differs, one sentence each. */
  readonly differences: readonly string[];
};

/** Runs the tests a policy carries; users in them are whole: what they leave out is empty. */
export function runPolicyTests(policy: Policy, entitle: Entitle, now: number): PolicyTestResult[] {
  return policy.tests.map((test, index) => {
    const context = { now: test.now === undefined ? now : Date.parse(test.now), absent: 'null' } as const;
    const granted = entitle(policy, withNamedGroups(test.user), context);
    const differences = Object.entries(test.expect).flatMap(([sku, expected]) =>
      compare(sku, expected, granted),
    );
    return {
      number: index + 1,
      name: test.name ?? `test ${String(index + 1)}`,
      passed: differences.length === 0,
      differences,
    };
  });
}

function compare(
  sku: string,
  expected: PolicyTest['expect'][string] | undefined,
  granted: readonly EntitledReference[],
): string[] {
  const actual = granted.find((entitled) => entitled.sku.some((name) => sameReference(name, sku)));
  if (expected === null || expected === undefined)
    return actual === undefined ? [] : [`${sku} is granted, and should not be`];
  if (actual === undefined) return [`${sku} is not granted`];
  if (expected.off === undefined) return [];
  const { off } = expected;
  const missing = off.filter((plan) => !isOff(actual, plan));
  const extra = actual.off.filter(
    (names) => !off.some((plan) => names.some((name) => sameReference(name, plan))),
  );
  return [
    ...missing.map((plan) => `${sku}: ${plan} is on, and should be off`),
    ...extra.map((names) => `${sku}: ${names[0] ?? ''} is off, and should be on`),
  ];
}

function isOff(actual: EntitledReference, plan: string): boolean {
  return (
    actual.off.some((names) => names.some((name) => sameReference(name, plan))) ||
    actual.mayBeOff?.(plan) === true
  );
}
