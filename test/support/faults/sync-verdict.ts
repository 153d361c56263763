import type { JudgedWrite, SyncResult } from './disturbed-sync';

type Judged = Pick<SyncResult<unknown>, 'users' | 'licenses' | 'fullSkus' | 'outcomes' | 'log'>;

/** What must not happen, each as a line that names the user; empty when all is well. */
export type Verdict = {
  /** Users without an outcome, or with the outcome `failed`. */
  readonly withoutOutcome: readonly string[];
  readonly secondEffectiveWrites: readonly string[];
  /** Writes after which a license or a plan of the user that was there before is gone. */
  readonly losses: readonly string[];
  readonly differences: readonly string[];
};

export function judgeSync(disturbed: Judged, undisturbed: Judged): Verdict {
  return {
    withoutOutcome: disturbed.users
      .map(({ id }) => [id, disturbed.outcomes.get(id.toLowerCase()) ?? 'none'] as const)
      .filter(([, outcome]) => outcome === 'none' || outcome === 'failed')
      .map(([id, outcome]) => `${id}: ${outcome}`),
    secondEffectiveWrites: secondEffectiveWrites(disturbed.log),
    losses: disturbed.log.flatMap(lossesOf),
    differences: differencesOf(disturbed, undisturbed),
  };
}

/** Each user is a joiner: one call licenses them, and one sets their usage location. */
function secondEffectiveWrites(log: readonly JudgedWrite[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { kind, userId, effective } of log) {
    if (effective) counts.set(`${userId} ${kind}`, (counts.get(`${userId} ${kind}`) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1).map(([what, count]) => `${what}: ${count}`);
}

function lossesOf({ seq, userId, effective, before, after }: JudgedWrite): readonly string[] {
  if (!effective || before === null || after === null) return [];
  return before.directLicenses.flatMap((license) => {
    const kept = after.directLicenses.find(({ skuId }) => skuId === license.skuId);
    if (kept === undefined) return [`write ${seq}: ${userId} lost ${license.skuId}`];
    return kept.disabledPlans
      .filter((plan) => !license.disabledPlans.includes(plan))
      .map((plan) => `write ${seq}: ${userId} lost plan ${plan} of ${license.skuId}`);
  });
}

/**
 * The same licenses and plans for every user. Of a SKU that ran out, who came first depends on the moment: there the
 * number of holders counts, and who holds something else instead of it may differ as far as the numbers agree.
 */
function differencesOf(disturbed: Judged, undisturbed: Judged): readonly string[] {
  const found: string[] = [];
  const scarce = new Set([...disturbed.fullSkus, ...undisturbed.fullSkus]);
  for (const [id, expected] of undisturbed.licenses) {
    const actual = disturbed.licenses.get(id);
    if (actual === undefined) found.push(`${id} is not there`);
    else if (actual.join() !== expected.join() && !isOutrun(actual, expected, scarce)) {
      found.push(`${id} holds ${actual.join() || 'nothing'} instead of ${expected.join() || 'nothing'}`);
    }
  }
  const expected = holders(undisturbed);
  const actual = holders(disturbed);
  for (const license of new Set([...expected.keys(), ...actual.keys()])) {
    const counts = [actual.get(license) ?? 0, expected.get(license) ?? 0] as const;
    if (counts[0] !== counts[1]) found.push(`${license} has ${counts[0]} holders instead of ${counts[1]}`);
  }
  return found;
}

/** One of the two runs gave this user a seat of a scarce SKU, and the other one did not. */
function isOutrun(
  actual: readonly string[],
  expected: readonly string[],
  scarce: ReadonlySet<string>,
): boolean {
  const scarceOf = (licenses: readonly string[]) =>
    licenses.filter((license) => scarce.has(license.split(' ')[0] ?? '')).join();
  return scarceOf(actual) !== scarceOf(expected);
}

function holders({ licenses }: Judged): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const held of licenses.values()) {
    for (const license of held) counts.set(license, (counts.get(license) ?? 0) + 1);
  }
  return counts;
}
